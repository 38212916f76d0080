"""Tables for `text.anchors`: what every text of the trade holds, what most languages borrowed, what they translate.

Words are given in one spelling; `text.anchors` compares consonants, so that one row serves every language that
spells the word by its sound. A missing row costs little: the other anchors of a text remain.
"""

from __future__ import annotations

COMMON = frozenset(
    """
    bitcoin bitcoins crypto cryptocurrency cryptocurrencies blockchain btc eth etf etfs usd eur defi nft nfts web
    token tokens stablecoin stablecoins altcoin altcoins market markets digital asset assets exchange trading price
    ceo cfo cto ai us usa uk eu pm am utc gmt est new
    january february march april may june july august september october november december
    jan feb mar apr jun jul aug sep sept oct nov dec
    monday tuesday wednesday thursday friday saturday sunday
    following recent recently currently several some many most another other both since despite although however
    moreover furthermore additionally overall meanwhile according during before after while when where why how what
    біткоїн біткойн біткоін крипто криптовалюта криптовалюти криптовалют блокчейн токен токени токенів стейблкоїн
    стейблкоїни ринок сша
    биткоин биткойн криптовалют криптовалюты токены стейблкоин рынок
    united happened matters ші ии це чи як чому ціна цена что как
    сполучені сполучених сполученими соединенные соединённые
    euro euros dollar dollars prozent millionen milliarden
    markt börse kryptowährung kryptowährungen mercado criptomonedas criptomoeda criptomoedas
    """.split()
)
"""Capitalised words that tell nothing apart, among them those that English headlines capitalise."""

KNOWN_WELL = frozenset(
    """
    ethereum ether solana ripple xrp sol bnb doge dogecoin cardano tether usdt usdc circle binance coinbase kraken
    blackrock grayscale strategy microstrategy trump donald saylor sec cftc fed federal reserve wall street senate
    congress america american europe european china chinese japan korea polymarket kalshi nasdaq fidelity jpmorgan
    rsi macd dao dex cex ico ipo api sdk
    """.split()
)
"""Names of which a day brings many stories: one alone proves little."""

INTERNATIONAL = """
    absolute academy administration aggregator aggressive airdrop alarm algorithm alliance alternative amnesty
    analogy anonymous arbitrage archive argument arrest aspect assembly atmosphere automatic balance bankrupt
    bankruptcy barometer budget business capital cascade catalyst catastrophe category certificate classify
    climate cluster collective commerce component compromise concentration conference conflict consensus
    conservative consolidation constitution consultant context contract convergence copyright corporate
    correlation corruption credit criminal criterion culture cumulative decentralized deficiency deficit
    deflation delegate delisting democracy demographic deposit derivative destabilize diagnosis diplomat
    disciplined discount discourse discrimination diversify dividend doctrine effective embargo energy
    enthusiasm equivalent escalation evacuation evolution exposition federation filter fragmented fundamental
    generator governor guarantee halving histogram humanitarian ideology illustrate incident inclusive
    inflation infrastructure innovator insider interface interview intrigue inventory kilometer laboratory
    liberal license lobby macroeconomic mandate maneuver manifest manipulation marathon marketing mass
    maximize mechanism media memorandum merchant metaverse methodology metric migrate military minimize
    modernize monitoring monopoly moratorium narrative nominate normalize nuclear online operator optimism
    organization orient original pandemic paradigm partner passport patent pattern perspective pessimism phase
    philanthropic philosophy phishing politics portal portfolio precedent prefect presale president prestige
    principle privilege proactive procedure program prosecutor psychology publication radical recession
    referendum reform reinvest religion renaissance republic resident resource sabotage sanction satellite
    segment skeptic smartphone socialist specialist speculation sponsor stabilize staking standard startup
    statistics statute stimulus student subsidy symbol symptom synchronize synthesis tactic talent telegram
    telephone territory terror testament testnet theory timeframe tokenomics tourist traffic tragedy transform
    transit tribunal triumph university urbanist vaccine validator veteran veto video virtual
    """.split()
"""Words that most languages of Europe write by their sound, given in English, of four consonants and more. What a
third of all texts holds (invest, platform, transaction) is left out, and what another language's everyday words
sound like (active: "активи")."""

TRANSLATED = {
    "states": "штати штатів штатах штаты штатов",
    "japan": "японія японії японію японський японська япония японии japón japão 日本",
    "germany": "німеччина німеччини німеччині германия германии deutschland alemania alemanha allemagne 德国 ドイツ",
    "hungary": "угорщина угорщини угорщині венгрия венгрии ungarn hungría 匈牙利 ハンガリー",
    "georgia": "грузія грузії грузия грузии",
    "greece": "греція греції греция греции griechenland grecia 希腊 ギリシャ",
    "switzerland": "швейцарія швейцарії швейцария швейцарии schweiz suiza suíça 瑞士 スイス",
    "spain": "іспанія іспанії испания испании spanien españa espanha 西班牙 スペイン",
    "france": "франція франції франция франции frankreich francia frança 法国 フランス",
    "britain": "британія британії британия британии великобританія великобританії великобритания великобритании "
    "großbritannien 英国 イギリス",
    "europe": "європа європи європі європейський європейська європейського європейської європейські європейських "
    "европа европы европе европейский европейской европейского europa 欧洲 欧州",
    "china": "китай китаю китаї китайський китайські китая китае китайский китайские 中国",
    "india": "індія індії индию индия индии indien 印度 インド",
    "egypt": "єгипет єгипту египет египта ägypten egipto 埃及 エジプト",
    "ukraine": "україна україни україні украина украины украине 乌克兰 ウクライナ",
    "russia": "росія росії росію російський російські російська россия россии российский российские российская "
    "russland rusia rússia 俄罗斯 ロシア",
    "korea": "корея кореї корею кореи південнокорейський південнокорейська південнокорейські 韩国 韓国",
    "turkey": "туреччина туреччини туреччині турция турции türkei turquía turquia 土耳其 トルコ",
    "emirates": "емірати еміратів эмираты эмиратов 阿联酋",
    "singapore": "新加坡 シンガポール",
    "brazil": "巴西 ブラジル",
    "australia": "австралія австралії австралия австралии australien 澳大利亚 オーストラリア",
    "vietnam": "вєтнам вєтнаму вьетнам вьетнама 越南 ベトナム",
    "israel": "ізраїль ізраїлю израиль израиля 以色列 イスラエル",
    "fed": "фрс 美联储",
    "federal": "федеральна федеральної федеральний федерального федеральну федеральная федеральной",
    "ether": "ефір ефіру ефіром ефірі ефира эфир эфира эфиру",
    "ethereum": "以太坊 イーサリアム",
    "solana": "ソラナ",
    "ripple": "瑞波 リップル",
    "tether": "泰达 テザー",
    "ecb": "єцб ецб ezb bce 欧洲央行",
    "imf": "мвф iwf fmi 国际货币基金组织",
    "un": "оон onu 联合国 国連",
    "wall": "уолл волл 华尔街 ウォール街",
    "buffett": "баффет баффетт баффетта баффета 巴菲特 バフェット",
    "powell": "пауелл пауелла пауэлл пауэлла 鲍威尔 パウエル",
    "trump": "特朗普 川普 トランプ",
    "musk": "马斯克 マスク",
    "putin": "普京 プーチン",
    "binance": "币安 バイナンス",
    "coinbase": "コインベース",
    "kraken": "クラーケン",
    "blackrock": "贝莱德 ブラックロック",
    "grayscale": "灰度 グレースケール",
    "bitwise": "ビットワイズ",
    "robinhood": "ロビンフッド",
    "jpmorgan": "摩根大通 jpモルガン",
    "goldman": "高盛 ゴールドマン",
    "nasdaq": "纳斯达克 ナスダック",
    "circle": "サークル",
    "metaplanet": "メタプラネット",
    "hyperliquid": "ハイパーリキッド",
    "polymarket": "ポリマーケット",
}
"""Names that are translated or spelt in a way of their own, by the English one. In capitals where the language
has them."""
