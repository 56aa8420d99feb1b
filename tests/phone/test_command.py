"""`main.py phone`, as people type it."""

import os
import subprocess
import sys

from tests.livekit import KEY, ROOT, SECRET
from tests.phone.services import PhoneServices
from tests.phone.stack import LINE, NUMBER, PHONE


def phone(services: PhoneServices, *arguments: str, **more: str) -> tuple[int, str]:
    """What the command says, and its exit code."""
    environ = {
        "PATH": os.environ["PATH"],
        "LIVEKIT_URL": services.livekit.url,
        "LIVEKIT_API_KEY": KEY,
        "LIVEKIT_API_SECRET": SECRET,
        **more,
    }
    command = (sys.executable, "main.py", "phone", *arguments)
    done = subprocess.run(
        command, cwd=ROOT, env=environ, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60
    )
    return done.returncode, done.stdout


def test_a_phone_is_set_up_shown_and_taken_down(services: PhoneServices) -> None:
    would = phone(services, "up", "--dry-run", **PHONE)
    assert phone(services, "show", **PHONE)[0] == 2

    code, done = phone(services, "up", **PHONE)
    assert (code, done.count("(new)")) == (0, 3)
    assert would[1].count("(new)") == 3
    assert phone(services, "up", **PHONE) == (0, "Nothing to do.\n")

    shown = phone(services, "show", **PHONE)[1]
    assert f"numbers {NUMBER}" in shown
    assert f"dial sip:{NUMBER}@127.0.0.1" in shown
    assert phone(services, "down")[1].count("removed") == 3
    assert phone(services, "down") == (0, "Nothing to do.\n")


def test_without_a_number_there_is_nothing_to_set_up(services: PhoneServices) -> None:
    code, told = phone(services, "up")

    assert code == 2
    assert told.startswith("PHONE_NUMBERS is not set")


def test_a_phone_without_a_door_is_not_set_up_and_it_is_said_why(services: PhoneServices) -> None:
    allowed = {"PHONE_NUMBERS": f"{NUMBER}={LINE}", "PHONE_ALLOWED_ADDRESSES": "203.0.113.0/24"}
    code, told = phone(services, "up", **allowed)

    assert code == 2
    assert "PHONE_ALLOWED_ADDRESSES does not hinder them" in told
    assert "PHONE_FIREWALLED=true" in told
    assert phone(services, "show", **allowed)[0] == 2  # nothing is there


def test_a_number_of_a_line_that_does_not_exist_is_refused(services: PhoneServices) -> None:
    assert phone(services, "up", PHONE_NUMBERS=f"{NUMBER}=nowhere", PHONE_FIREWALLED="true") == (
        2,
        "There is no line 'nowhere'. Lines: support-line, clinic-line.\n",
    )


def test_a_server_that_refuses_is_told_in_one_line(services: PhoneServices) -> None:
    code, told = phone(services, "up", **PHONE, LIVEKIT_API_SECRET="x" * 40)

    assert code == 2
    assert told.splitlines()[-1].startswith("The LiveKit server at")
    assert told.count("\n") == 1
