"""Which language a text is written in."""

import pytest

from aggregator.text.language import guess

TEXTS = {
    "en": "The exchange has frozen all withdrawals after the theft, and it will cover the losses.",
    "de": "Die Börse hat alle Auszahlungen gesperrt und will den Schaden aus eigenen Mitteln ersetzen.",
    "fr": "La plateforme a suspendu les retraits après le vol et promet de rembourser ses clients.",
    "es": "La plataforma suspendió los retiros después del robo y promete devolver el dinero a sus clientes.",
    "pt": "A corretora suspendeu os saques depois do roubo e não disse quando os clientes terão acesso.",
    "it": "La piattaforma ha sospeso i prelievi dopo il furto e non ha detto quando saranno ripresi per i clienti.",
    "tr": "Borsa, hırsızlığın ardından çekimleri durdurdu ve zararı karşılayacağını söyledi, bu bir ilk oldu.",
    "ru": "Биржа остановила вывод средств после кражи и обещает возместить ущерб.",
    "uk": "Біржа зупинила виведення коштів після крадіжки й обіцяє відшкодувати збитки.",
    "zh": "交易所 Kestrel 已暂停全部提现，损失由公司承担。",
    "ja": "取引所Kestrelは出金を停止した。損失は自社で補填する。",
    "ko": "거래소 Kestrel은 출금을 중단했다.",
}


@pytest.mark.parametrize(("language", "text"), TEXTS.items())
def test_a_sentence_is_enough(language, text):
    assert guess(text) == language


def test_the_script_overrules_what_the_feed_says():
    assert guess(TEXTS["ja"], "en-US") == "ja"


def test_the_feed_decides_where_the_text_is_too_short():
    assert guess("Bitcoin 2.0", "pt-BR") == "pt"
    assert guess("Bitcoin 2.0", None) == ""


def test_english_text_in_a_feed_that_says_german_is_english():
    assert guess(TEXTS["en"] * 2, "de") == "en"
