"""What members agreed to, and every time that their data went to somebody else: 45 CFR 164.508, 164.512, 164.528."""
