"""The loop that is usually written instead: look for what is due, do it, mark it. Run it: `-m tests.chaos.plain_loop`.

It has neither keys nor locks. The benchmark kills it as often as the real workers, lets it finish, and counts.
"""

import os
import time

import psycopg

TABLES = """
CREATE TABLE plain_target (id bigint PRIMARY KEY, due_at timestamptz NOT NULL, done boolean NOT NULL DEFAULT false);
CREATE TABLE plain_effect (target bigint NOT NULL)"""
PLANT = """
INSERT INTO plain_target (id, due_at)
SELECT n, now() + n * %s / %s * interval '1 second' FROM generate_series(1, %s) n"""
DUE = "SELECT id FROM plain_target WHERE due_at <= now() AND NOT done ORDER BY due_at LIMIT 100"
WRONG = """
SELECT count(*) FROM (SELECT t.id FROM plain_target t LEFT JOIN plain_effect e ON e.target = t.id
                       GROUP BY t.id HAVING count(e.target) <> 1) wrong"""
REST = 0.05  # s


def main() -> None:
    """Loop until killed."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off")  # quicker, and the server itself is not hit here
        while True:
            for (target,) in connection.execute(DUE).fetchall():
                connection.execute("INSERT INTO plain_effect (target) VALUES (%s)", [target])
                connection.execute("UPDATE plain_target SET done = true WHERE id = %s", [target])
            time.sleep(REST)


if __name__ == "__main__":
    main()
