"""Whether an address can be served on, and how to say that it cannot."""

from __future__ import annotations

import http.client
import ipaddress
import os
import socket

import click

DEFAULT_PORT = 8000


def chosen_port(given: int | None) -> int:
    """`--port`, else the environment's PORT, else 8000. Raises UsageError when that is no port."""
    text = str(given) if given is not None else os.environ.get("PORT") or str(DEFAULT_PORT)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise click.UsageError(f"{text!r} is not a port; a port is a number from 1 to 65535")
    return int(text)


def is_loopback(host: str) -> bool:
    """True when only this machine can reach `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def refuse_taken_port(host: str, port: int) -> None:
    """Raises UsageError when something else listens there, or when it may not be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise click.UsageError(
                f"port {port} on {host} cannot be used ({error.strerror}); choose another, e.g. PORT={port + 1}"
            ) from None


def answers(host: str, port: int) -> bool:
    """True when a web server answers there, whatever it says."""
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/", headers={"Host": "localhost"})
        connection.getresponse().read()
        return True
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
