"""B17: what is no address is refused in one line, whichever setting it stands in, and no secret is shown."""

import pytest

from switchboard.settings.environment import load_settings
from switchboard.settings.values import SettingsError

PASSWORD = "Canary-4f9a77c1"
SETTINGS = {
    "AZURE_OPENAI_ENDPOINT": "https",
    "OPENAI_BASE_URL": "https",
    "CARTESIA_BASE_URL": "https",
    "SIMULATOR_URL": "http",
    "LIVEKIT_URL": "wss",
    "LIVEKIT_PUBLIC_URL": "wss",
    "CALLER_AUTH_ISSUER": "https",
    "CALLER_AUTH_JWKS_URL": "https",
}
WRONG = {
    "the scheme twice": "{scheme}://{scheme}://shop.example",
    "the scheme twice, half": "{scheme}://{scheme}//shop.example",
    "the scheme alone twice": "{scheme}://{scheme}://",
    "no scheme": "shop.example",
    "half a scheme": "{scheme}:/shop.example",
    "no colon": "{scheme}//shop.example",
    "another scheme": "ftp://shop.example",
    "a file": "file:///etc/passwd",
    "a script": "javascript:alert(1)",
    "no host": "{scheme}://",
    "a path and no host": "{scheme}:///openai",
    "a port and no host": "{scheme}://:443",
    "dots for a host": "{scheme}://..",
    "an empty label": "{scheme}://shop..example",
    "a hyphen for a host": "{scheme}://-shop.example",
    "a long label": "{scheme}://" + "a" * 64 + ".example",
    "a long name": "{scheme}://" + "a." * 130 + "example",
    "letters of others": "{scheme}://sh\N{CYRILLIC SMALL LETTER O}p.example",
    "wide letters": "{scheme}://\N{FULLWIDTH LATIN SMALL LETTER S}hop.example",
    "a wide slash": "{scheme}://shop.example\N{FULLWIDTH SOLIDUS}x",
    "a wildcard": "{scheme}://*.shop.example",
    "a placeholder": "{scheme}://<resource>.openai.azure.com",
    "braces": "{scheme}://${{RESOURCE}}.openai.azure.com",
    "a space": "{scheme}://shop .example",
    "a space in the path": "{scheme}://shop.example/a b",
    "two addresses": "{scheme}://shop.example {scheme}://other.example",
    "two addresses, a comma": "{scheme}://shop.example,{scheme}://other.example",
    "a line break": "{scheme}://shop.\nexample",
    "a tab": "{scheme}://shop.example/\tx",
    "a NUL": "{scheme}://shop.example/\0",
    "a colour": "{scheme}://shop.example/\x1b[31m",
    "half an emoji": "{scheme}://shop.example/\ud83d",
    "a backslash": "{scheme}://shop.example\\openai",
    "a user": f"{{scheme}}://user:{PASSWORD}@shop.example",
    "a user alone": f"{{scheme}}://{PASSWORD}@shop.example",
    "an empty user": "{scheme}://@shop.example",
    "a query": f"{{scheme}}://shop.example?key={PASSWORD}",
    "an empty query": "{scheme}://shop.example?",
    "a fragment": f"{{scheme}}://shop.example#{PASSWORD}",
    "an empty fragment": "{scheme}://shop.example#",
    "an empty port": "{scheme}://shop.example:",
    "port 0": "{scheme}://shop.example:0",
    "a large port": "{scheme}://shop.example:65536",
    "a port below none": "{scheme}://shop.example:-1",
    "a port in words": "{scheme}://shop.example:https",
    "half an address of IPv6": "{scheme}://[::1",
    "letters in an address of IPv6": "{scheme}://[::g]",
    "an empty part": "{scheme}://shop.example//openai",
    "a way up": "{scheme}://shop.example/openai/../keys",
}


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_no_address_is_refused(name: str, wrong: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load_settings(None, {name: WRONG[wrong].format(scheme=SETTINGS[name])})
    problems = [problem for problem in refused.value.problems if problem.name == name]

    assert len(problems) == 1
    for line in str(refused.value).splitlines():
        assert line.isprintable()
    assert PASSWORD not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("https://shop.openai.azure.com", "https://shop.openai.azure.com"),
        ("https://shop.openai.azure.com/", "https://shop.openai.azure.com"),
        ("HTTPS://Shop.OpenAI.Azure.com", "https://Shop.OpenAI.Azure.com"),
        (" 'https://shop.openai.azure.com' ", "https://shop.openai.azure.com"),
        ("wss://shop.openai.azure.com:8443/proxy/", "https://shop.openai.azure.com:8443/proxy"),
        ("https://10.0.0.7", "https://10.0.0.7"),
        ("https://[2001:db8::7]:8443", "https://[2001:db8::7]:8443"),
        ("http://[::1]:8089", "http://[::1]:8089"),
        ("http://localhost:8089", "http://localhost:8089"),
        ("https://xn--80ak6aa92e.example", "https://xn--80ak6aa92e.example"),
        ("https://a_service.internal", "https://a_service.internal"),
    ],
)
def test_what_people_write_for_an_address_is_taken(given: str, taken: str) -> None:
    environ = {"AZURE_OPENAI_API_KEY": "key", "AZURE_OPENAI_DEPLOYMENT": "gpt-realtime"}

    assert load_settings(None, environ | {"AZURE_OPENAI_ENDPOINT": given}).azure.endpoint == taken
