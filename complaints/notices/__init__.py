"""What the law has us make when a date is missed: the member's letter, the next body's notice, the reviewer's file."""
