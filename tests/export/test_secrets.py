"""Secrets that are found in source, and what only looks like one.

Every secret here is made up; they are put together so that no scanner takes this file for a leak.
"""

from __future__ import annotations

import string

import pytest

from tracker.export.secrets import find_secrets

LETTERS = (string.ascii_letters + string.digits) * 4
HEX = "0123456789abcdef" * 4

SECRETS = {
    "aws": "key = 'AK" + "IA" + "J2Q7XKQ4WZ5T8N3B'",
    "aws session": "boto3.client('s3', aws_access_key_id='AS" + "IA" + "J2Q7XKQ4WZ5T8N3B')",
    "aws secret": "aws_secret_access_key = '" + LETTERS[7:47] + "'",
    "github": "url = f'https://api/{\"gh" + "p_" + LETTERS[:36] + "\"}'",
    "github fine": "t = 'github" + "_pat_" + LETTERS[:40] + "'",
    "gitlab": "gl = 'gl" + "pat-" + LETTERS[:20] + "'",
    "slack": "bot = 'xo" + "xb-123456789012-" + LETTERS[:24] + "'",
    "slack hook": "post('https://hooks.slack" + ".com/services/T024F/B024F/" + LETTERS[:24] + "')",
    "openai": "client = OpenAI(api_key='s" + "k-" + LETTERS[:48] + "')",
    "openai project": "x = 's" + "k-proj-" + LETTERS[:40] + "'",
    "anthropic": "x = 's" + "k-ant-api03-" + LETTERS[:40] + "'",
    "hugging face": "login('h" + "f_" + LETTERS[:34] + "')",
    "google": "maps('AI" + "za" + LETTERS[:35] + "')",
    "google oauth": "x = 'GOC" + "SPX-" + LETTERS[:28] + "'",
    "stripe": "x = 's" + "k_live_" + LETTERS[:24] + "'",
    "sendgrid": "x = 'S" + "G." + LETTERS[:22] + "." + LETTERS[:43] + "'",
    "pypi": "x = 'py" + "pi-" + LETTERS[:60] + "'",
    "npm": "x = 'np" + "m_" + LETTERS[:36] + "'",
    "databricks": "x = 'da" + "pi" + HEX[:32] + "'",
    "wandb": "wandb.login(key='" + HEX[3:43] + "')",
    "jwt": "x = 'ey" + "J" + LETTERS[:20] + ".ey" + "J" + LETTERS[:30] + "." + LETTERS[:30] + "'",
    "private key": "pem = '''-----BEGIN RSA PRIVATE" + " KEY-----\nMIIE\n'''",
    "azure": "c = 'DefaultEndpointsProtocol=https;Account" + "Key=" + LETTERS[:60] + "=='",
    "database url": "engine('postgres" + "ql://anna:s3cr3t@db.example.org/x')",
    "url without user": "redis.from_url('redis://:" + "hunter22@cache:6379')",
    "query key": "get('https://api.weather.org/v1?api_" + "key=" + LETTERS[5:30] + "')",
    "signed url": "get('https://b.s3.amazonaws.com/x?X-Amz-Sig" + "nature=" + HEX + "')",
    "bearer": "get(url, headers={'Authorization': 'Bea" + "rer " + LETTERS[:40] + "'})",
    "password": "pass" + "word = 'Tr0ub4dor&3'",
    "keyword": "connect(host='db', pass" + "wd='correct-horse-7')",
    "dict": "config = {'client_" + "secret': '" + LETTERS[:20] + "'}",
    "environ": "os.environ['API_" + "KEY'] = '" + LETTERS[:20] + "'",
    "magic": "%env DB_PASS" + "WORD=hunter2hunter2",
    "shell": "!curl -H 'Authorization: Bea" + "rer " + LETTERS[:40] + "' https://x.org",
    "default": "def f(to" + "ken='" + LETTERS[:20] + "'):\n    pass",
    "attribute": "openai.api_" + "key = '" + LETTERS[:32] + "'",
}

LOOK_ALIKES = [
    "password = os.environ['PASSWORD']",
    "password = getpass.getpass()",
    "password = ''",
    "password = 'password'",
    "password = 'YOUR_PASSWORD_HERE'",
    "token = '<your token>'",
    "api_key = 'sk-...'",
    "api_key = 'sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'",
    "api_key = '${API_KEY}'",
    "secret = 'changeme'",
    "max_tokens = 1024",
    "pad_token = '[PAD]'",
    "eos_token = '<|endoftext|>'",
    "sep_token = '</s>'",
    "tokenizer = 'bert-base-uncased-v2'",
    "token_pattern = r'(?u)\\b\\w\\w+\\b'",
    "tokens = 'the quick brown fox'.split()",
    "keys = ['alpha', 'beta']",
    "key = 'learning_rate_1'",
    "sort_key = 'metrics.rmse-2'",
    "monkey = 'capuchin-2021'",
    "git_commit = '" + HEX[:40] + "'",
    "digest = 'sha256:" + HEX + "'",
    "url = 'https://example.org/data.csv?page=2&token=next'",
    "url = 'http://localhost:5000/path'",
    "url = 'postgresql://user:${PASSWORD}@host/db'",
    "url = f'postgresql://{user}:{password}@host/db'",
    "url = 'https://user@host.org/path'",
    "email = 'anna:home@example'",
    "time = '12:30:15@noon'",
    "risk = 'task-force-of-the-century-2021-long'",
    "name = 'desk-organizer-for-large-office-rooms'",
    "text = 'Bearer of bad news'",
    "x = 'AKIA'",
    "secret_santa = 'Bob'",
    "credentials = 'credentials.json'",
    "token = '/path/to/token.json'",
    "api_key_env = 'OPENAI_API_KEY'",
    "api_key_name = 'AZURE_OPENAI_API_KEY_2'",
    "image = 'data:image/png;base64," + LETTERS + "'",
    "id = '1234567890:AB'",
]


@pytest.mark.parametrize("source", SECRETS.values(), ids=SECRETS.keys())
def test_a_secret_is_found_and_not_shown_whole(source: str) -> None:
    found = find_secrets(f"x = 1\n{source}\n")
    assert [secret.line for secret in found] == [2]
    longest = max(source.replace('"', "'").split("'"), key=len)
    assert longest not in str(found[0])


@pytest.mark.parametrize("source", LOOK_ALIKES)
def test_a_look_alike_is_none(source: str) -> None:
    assert find_secrets(source) == []


def test_there_are_thirty_of_each() -> None:
    assert min(len(SECRETS), len(LOOK_ALIKES)) >= 30
