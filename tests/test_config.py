from __future__ import annotations

import contextlib
import re
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator import config
from aggregator.config import Config
from aggregator.errors import ConfigError
from aggregator.models import Relation
from aggregator.summarise import recipe


def test_without_a_file_every_default_holds(tmp_path):
    assert config.load(tmp_path / "aggregator.toml") == Config()


def test_a_link_to_settings_that_are_gone_is_not_taken_for_none(tmp_path):
    (tmp_path / "aggregator.toml").symlink_to(tmp_path / "moved.toml")
    with pytest.raises(ConfigError, match=r"link to .*moved\.toml, which does not exist"):
        config.load(tmp_path / "aggregator.toml")


def test_an_empty_file_and_empty_sections_change_nothing():
    assert config.parse("") == config.parse("[poll]\n[export]\n") == Config()


def test_the_starter_file_says_the_defaults_whether_commented_or_not():
    text = config.starter()
    assert config.parse(text) == Config()
    assert config.parse(re.sub(r"(?m)^# (\w+ = )", r"\1", text)) == Config()


def test_every_key_stands_in_the_starter_file_and_in_the_reference():
    for setting in config.settings():
        assert f"# {setting.name} = {setting.default}\n" in config.starter()
        assert f"| `{setting.name}` | `{setting.default}` |" in config.reference()


def test_no_line_of_the_starter_file_is_too_long_to_read():
    assert max(map(len, config.starter().splitlines())) <= 100


def test_values_are_read():
    read = config.parse(
        """
        [poll]
        private_networks = true
        timeout_seconds = 7
        contact = "https://example.org/about"
        [dedup]
        collapse = "event"
        languages = ["de", "en", "de"]
        [export]
        title = "Nachrichten – 新闻"
        base_url = "https://example.org/news"
        formats = ["atom"]
        """
    )
    assert read.poll.private_networks is True
    assert read.poll.timeout_seconds == 7.0
    assert isinstance(read.poll.timeout_seconds, float)
    assert read.poll.contact == "https://example.org/about"
    assert read.dedup.collapse is Relation.RELATED
    assert read.dedup.languages == ("de", "en")
    assert read.export.title == "Nachrichten – 新闻"
    assert read.export.base_url == "https://example.org/news/"
    assert read.export.formats == ("atom",)
    assert read.poll.per_host == Config().poll.per_host


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[pol]\n", r"\[pol\]: unknown section; did you mean poll\?"),
        ("[zzz]\n", r"unknown section; known are poll, store, dedup, summarise, machine, export, outputs"),
        (
            "[poll]\ntimeout_second = 3",
            r"\[poll\] timeout_second: unknown key; did you mean timeout_seconds\?",
        ),
        ("[export]\nLimit = 3", "did you mean limit"),
        ("timeout_seconds = 3", r"put \[poll\] on the line above it"),
        ("speed = 3", "outside of any section"),
        ("poll = 3", r"write \[poll\] on a line of its own"),
        ("[[poll]]\n", r"write \[poll\] on a line of its own"),
        (
            "[poll]\ntimeout_seconds = '3'",
            r'timeout_seconds = "3": write a number without quotes from 1 to 600',
        ),
        ("[poll]\nper_host = 2.5", "whole number"),
        ("[poll]\nper_host = true", "whole number"),
        ("[poll]\nper_host = 0", "from 1 to 16"),
        ("[poll]\ntimeout_seconds = nan", "from 1 to 600"),
        ("[poll]\ntimeout_seconds = inf", "from 1 to 600"),
        ("[poll]\nprivate_networks = 'yes'", "true or false"),
        ('[poll]\ncontact = "a\\r\\nX-Evil: 1"', "control characters"),
        ("[poll]\ncontact = 'Jürgen'", "ASCII"),
        ("[dedup]\ncollapse = 'all'", '"repost", "rewrite", "event"'),
        ("[dedup]\nlanguages = 'en'", r'write a list, such as \["en", "de"\]'),
        ("[dedup]\nlanguages = [1]", "text in quotes"),
        ("[export]\nformats = ['atom', 'pdf']", '"atom", "rss"'),
        ("[export]\nbase_url = 'example.org'", "https://news.example.org/crypto/"),
        ("[export]\nbase_url = 'https://example.org/?a'", "address such as"),
        ("[export]\nbase_url = 'https://[::1'", "address such as"),
        ("[poll]\nmin_interval_minutes = 60", "must rise"),
        ("[poll]\nspeed = = 3", "not TOML.*line 2"),
        (
            "[poll]\nper_host = 1\n\n[export]\nlimit = 3\n[ poll ]\ncontact = 'x'",
            r"^\[poll\] stands twice, in line 1 and in line 6; put all its keys below one of them and remove",
        ),
        ("[outputs.x]\n[outputs.y]\n[outputs.x]", r"\[outputs.x\] stands twice, in line 1 and in line 3"),
        ("outputs.x = {}\n[outputs.x]", r"\[outputs.x\] stands twice, the second time in line 2"),
        ("[[poll]]\n[poll]", r"\[poll\] stands twice, the second time in line 2"),
        (
            "[poll]\n[export]\nlimit = 3\nmin_hours = 1\nlimit = 4",
            "^limit is set twice, in line 3 and in line 5; keep",
        ),
        ("[dedup]\ncontact = 1\n[poll]\ncontact = 'x'\ncontact = 'y'", "in line 4 and in line 5"),
        ("[poll]\ncontact = 'x'\n'contact' = 'y'", "'contact' is set twice, the second time in line 3"),
        ("poll = 3\n[poll]", "not TOML.*line 2"),
        ("[" + "x" * 300 + "]\n" + "[" + "x" * 300 + "]", r"\[x{60}\] stands twice"),
        ("[poll]\n" + "a." * 8_000 + "a = 1", "a name of more than 32 parts"),
        ("outputs = 3", r"write \[outputs.bitcoin\]"),
        ("[[outputs]]\n", r"write \[outputs.bitcoin\]"),
        ("[output.x]\n", "did you mean outputs"),
        ("[outputs]\ntitle = 'x'", r"\[outputs\] title: an output needs a name"),
        ("[outputs.'a b']\n", r'\[outputs."a b"\]: a name is made of up to 40 letters'),
        ("[outputs.'..']\n", "letters"),
        ("[outputs.'a/b']\n", "letters"),
        ("[outputs.börse]\n", "not TOML"),
        ("[outputs.'börse']\n", "letters"),
        ("[outputs.-x]\n", "letters"),
        ("[outputs." + 41 * "x" + "]\n", "up to 40"),
        ("[outputs.Archive]\n", '"Archive" is taken for something else in public/'),
        ("[outputs.btc]\n[outputs.BTC]\n", r"share a directory with \[outputs.btc\]"),
        ("[outputs.x]\ncoin = ['BTC']", r"\[outputs.x\] coin: unknown key; did you mean coins\?"),
        ("[outputs.x]\nbase_url = 'https://a.example/'", r"\[outputs.x\] base_url: unknown key"),
        ("[outputs.x]\ncoins = ['BTT']", 'no coin that is recognised; write its ticker; did you mean "BTC"'),
        ("[outputs.x]\ncoins = ['Bitcoin']", "write its ticker"),
        ("[outputs.x]\ncoins = 'BTC'", r'coins = "BTC": write a list'),
        ("[outputs.x]\nlanguages = ['English']", 'a language\'s code, such as "en"'),
        ("[outputs.x]\nfeeds = ['']", "would match everything"),
        ("[outputs.x]\nwords = ['-scam']", "at least one word that must occur"),
        (
            f"[outputs.x]\nwords = {['word' + str(n) for n in range(201)]}",
            "201 words are too many to look for; 200 in all",
        ),
        (
            f"[export]\nwithout_words = ['{'a ' * 150}b', '{'c-' * 150}d']",
            "302 words are too many to look for",
        ),
        ("[outputs.x]\nmin_outlets = 0", "from 1 to 100"),
        ("[outputs.x]\nformats = ['opml']", '"atom", "rss"'),
        ("[export]\nper_feed = -1", "from 0 to 10000"),
        ("[machine]\napi_key = 'k'", r"\[machine\] api_key: unknown key; did you mean api_key_env\?"),
        ("[machine]\nurl = 'ollama'", r"\[machine\] url: write an address such as"),
        ("[machine]\nurl = 'file:///etc/passwd'", r"\[machine\] url: write an address such as"),
        ("[machine]\nmodel = 5", r"\[machine\] model = 5: write text in quotes"),
        ("[machine]\ntimeout_seconds = 0", "from 1 to 600"),
        (
            "[machine]\napi_key_env = 'K'\nurl = 'http://models.example.org/v1'",
            "a key would cross the public network unencrypted; write https://",
        ),
    ],
)
def test_a_mistake_is_named_with_what_to_write_instead(text, says):
    with pytest.raises(ConfigError, match=says) as caught:
        config.parse(text)
    assert "\n" not in str(caught.value)


def test_two_hundred_words_may_be_looked_for_in_each_list():
    words = [f"word{number}" for number in range(200)]
    found = config.parse(f"[outputs.x]\nwords = {words}\nwithout_words = {words}\ntags = {words * 3}")
    assert (len(found.outputs["x"].words), len(found.outputs["x"].tags)) == (200, 200)


def test_outputs_are_read_in_the_order_of_the_file_with_the_filters_of_the_main_one():
    read = config.parse(
        """
        [export]
        sponsored = false
        [outputs.zcash-en]
        coins = ["$zec", "ZEC"]
        languages = ["en-GB"]
        words = ['"hot wallet"', "mine*"]
        [outputs.Early]
        title = "Early"
        min_outlets = 3
        """
    )
    assert list(read.outputs) == ["zcash-en", "Early"]
    zcash = read.outputs["zcash-en"]
    assert (zcash.coins, zcash.languages, zcash.words) == (("ZEC",), ("en",), ('"hot wallet"', "mine*"))
    assert (zcash.sponsored, read.export.sponsored) == (True, False)
    assert read.outputs["Early"] == config.OutputConfig(title="Early", min_outlets=3)


def test_the_example_in_the_starter_file_and_the_one_in_the_how_to_are_read():
    starter = "".join(line[1:] + "\n" for line in config.starter().splitlines() if line.startswith("#   "))
    assert config.parse(starter).outputs["bitcoin"].coins == ("BTC",)
    page = (Path(__file__).parents[1] / "docs/how-to/outputs.md").read_text("utf-8")
    examples = [text for text in re.findall(r"```toml\n(.*?)```", page, re.DOTALL) if "[outputs." in text]
    assert len(examples) == 1
    assert len(config.parse(examples[0]).outputs) >= 3


def test_every_key_of_an_output_stands_in_the_reference():
    for each in fields(config.OutputConfig):
        assert f"| `{each.name}` | " in config.reference()


def test_errors_name_the_file(tmp_path):
    path = tmp_path / "aggregator.toml"
    path.write_text("[poll]\nspeed = 3")
    with pytest.raises(ConfigError, match=re.escape(str(path))):
        config.load(path)
    path.write_bytes(b"[poll]\n# caf\xe9")
    with pytest.raises(ConfigError, match="not UTF-8 at byte 12"):
        config.load(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        config.load(path)


def test_a_byte_order_mark_does_no_harm(tmp_path):
    path = tmp_path / "aggregator.toml"
    path.write_bytes(b"\xef\xbb\xbf[export]\nlimit = 7\n")
    assert config.load(path).export.limit == 7


@given(
    st.text() | st.from_regex(r"\[(poll|dedup|export|outputs\.x)\]\n[a-z_]{1,20} = .{0,20}", fullmatch=True)
)
def test_whatever_the_file_holds_it_is_read_or_refused_in_words(text):
    with contextlib.suppress(ConfigError):
        assert isinstance(config.parse(text), Config)


def test_the_summarisers_that_can_be_chosen_are_those_there_are():
    words = next(each.rule.words for each in config.settings() if each.name == "algorithm")
    assert set(words) == set(recipe.ALGORITHMS)
    assert Config().summarise.algorithm == recipe.DEFAULT_ALGORITHM
    assert Config().summarise.max_chars == recipe.DEFAULT_BUDGET


@pytest.mark.parametrize(
    "text",
    [
        "[machine]\napi_key_env = 'sk-proj-hunter2'",
        "[machine]\napi_key_env = 'sk_live_hunter2'",
        "[machine]\napi_key_env = 'gsk_hunter2a9b8c7d6e5f4'",
        "[machine]\napi_key_env = 'hunter2 hunter2'",
        "[machine]\napi_key_env = ['hunter2']",
        "[machine]\nurl = 'https://me:hunter2@models.example.org/v1'",
        "[machine]\nurl = 'https://models.example.org/v1?key=hunter2'",
        "[machine]\napi_key = 'hunter2'",
    ],
)
def test_a_key_that_was_put_into_the_file_is_refused_and_not_shown(text):
    with pytest.raises(ConfigError, match="machine") as caught:
        config.parse(text)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://models.example.org/v1",
        "http://127.0.0.1:8080/v1",
        "http://[::1]:8080/v1",
        "http://10.0.0.7:8000/v1",
        "http://localhost:11434/v1",
        "http://gpu:8000/v1",
        "http://gpu.lan:8000/v1",
    ],
)
def test_a_key_may_go_over_tls_and_within_ones_own_network(url):
    read = config.parse(f"[machine]\nmodel = 'm'\napi_key_env = 'MODEL_KEY'\nurl = '{url}'")
    assert read.machine.url == f"{url}/"


def test_no_model_is_asked_until_one_is_named():
    assert config.parse("").machine.model == ""
