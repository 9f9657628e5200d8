r"""The embedded stack: every part of Redress on one machine, without Docker and without root.

`make run`, `make test` and `make exec` end up in __main__.py. From the ground up:

    bootstrap.py      the virtual environment (runs before it exists)
    frontend.py       styles and scripts through npm
    layout.py         where a stack keeps its files; who holds them
    children.py       one process that cannot outlive its parent
    supervisor.py     several of them: start, wait, watch, stop in order
    ports.py          bound sockets, handed down
    wheels.py         where servers that came as wheels are
    unprivileged.py   how root runs PostgreSQL, which refuses root
    postgres.py       \
    valkey.py          } the services
    mail_catcher.py   /
    services.py       all three, or the addresses of one's own
    keys.py           secrets made on the spot
    environment.py    what the programs are told
    prepare.py        migrations, static files, demo data
    running.py        `make run`: web, worker and beat on top of it
    welcome.py        what it says
    throwaway.py      `make exec`: one command, then all is gone
    suite.py          `make test` and `make check`
    chromium.py       the browser of the browser journeys
"""
