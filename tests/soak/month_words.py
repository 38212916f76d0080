"""Of which words is the news of a simulated month made? Tables for ``month_news``, all invented."""

from __future__ import annotations

import random

SYLLABLES = """al bar cor dun el fen gar hol ist jor kel lum mer nor os per quin ros sel tam ul ven wes yar zel bri cla
dro fri gla kra pli sno tra vri""".split()
ENDINGS = "a en ia ik in is o on or um us y".split()
COMPANY = """Labs|Capital|Exchange|Bank|Custody|Mining|Pay|Vaults|Markets|Chain|Funds|Bridge|Wallet|Holdings|Protocol|
Ventures|Trust|Network|Studios|Foundation""".replace("\n", "").split("|")
ROLES = """chief executive|founder|head of research|treasurer|general counsel|lead engineer|chair|spokesman|
head of trading|security officer|regional director|auditor""".replace("\n", "").split("|")
COINS = """Bitcoin|Ethereum|Solana|Cardano|Ripple|Dogecoin|Litecoin|Polkadot|Avalanche|Chainlink|Stellar|Monero|
Tron|Cosmos|Near|Aptos|Algorand|Tezos|Filecoin|Uniswap""".replace("\n", "").split("|")
DEEDS = """opened|closed|froze|audited|sold|bought back|merged|split|lent out|repriced|insured|rebuilt|licensed|
withdrew|postponed|approved|rejected|leaked|settled|seized|recovered|moved|burned|unlocked|delisted|listed|renamed|
taxed|borrowed|returned|tested|patched|shelved|revived|capped|doubled|halved|traced|disputed|renewed""".replace(
    "\n", ""
).split("|")
THINGS = """a lending desk|its reserve wallets|the staking pool|a settlement layer|its custody arm|the mining lease|
a bridge contract|its stablecoin|the fee schedule|a treasury bond|its order book|the validator set|a data centre|
the licence in question|its withdrawal queue|a batch of tokens|the insurance fund|its card programme|
the governance vote|a loan of last resort|its index fund|the audit report|a hardware line|its price oracle|
the escrow account|a retail branch|its margin product|the court filing|a pension mandate|its payroll service|
the liquidity vault|a cooling plant|its trading licence|the airdrop list|a cross-border corridor|its bug bounty|
the reserve proof|a tokenised deed|its clearing bank|the node software""".replace("\n", "").split("|")
CIRCUMSTANCES = """after a night of maintenance|in front of a thin crowd|without telling its partners|
under an old agreement|ahead of the quarterly count|on the advice of its lawyers|
against the vote of its smallest holders|within an hour of the notice|for the second time since spring|
at a price that surprised nobody|
with money from two family offices|over the objections of the works council|as part of a wider retreat|
behind closed doors|before the exchange had opened|in exchange for a seat on the board|to the relief of its lenders|
at the request of a foreign court|because the older system had failed|while the founders were abroad|
in spite of a standing injunction|through a shell company|with the help of an outside team|on a public holiday|
long after the deadline had passed|by a margin of three votes|for want of a better buyer|
between two sessions of the tribunal|out of its own pocket|under the eyes of the supervisor""".replace(
    "\n", ""
).split("|")
REASONS = """customers had asked for it since the flood|the numbers no longer added up|a rival had done so first|
the insurers insisted|the old keys were lost|energy had become too dear|the tokens had been promised twice|
nobody could explain the gap|the contract left no choice|its auditors had resigned|the code had never been reviewed|
the regulator had set a date|the market was about to close|half of the staff had left|a judge had ordered it|
the backups proved empty|the pilot had gone well|margins had shrunk for a year|the bridge was about to be retired|
demand came from pension savers""".replace("\n", "").split("|")
OPENERS = """In a note to clients|According to two people at the firm|By Tuesday evening|Earlier this month|
On a call with investors|In its filing|Hours later|For the time being|Under the new terms|As the day wore on|
From next quarter on|In a short statement|At the hearing|Despite the noise|By its own account|
After weeks of talks|On the company's forum|Within the industry|Until the vote|Before the announcement""".replace(
    "\n", ""
).split("|")
MATTERS = """withdrawals|deposits|wallets|addresses|contracts|shares|tokens|machines|customers|loans|votes|nodes|
orders|claims|invoices|licences""".replace("\n", "").split("|")


def name(chance: random.Random) -> str:
    """A made-up name of two or three syllables."""
    syllables = chance.choices(SYLLABLES, k=chance.choice((1, 2, 2)))
    return ("".join(syllables) + chance.choice(SYLLABLES) + chance.choice(ENDINGS)).capitalize()


def figure(chance: random.Random) -> str:
    """An amount, a share or a count, hardly ever the same twice."""
    kind = chance.randrange(4)
    if kind == 0:
        return f"${chance.randint(2, 990)}.{chance.randint(1, 9)} million"
    if kind == 1:
        return f"{chance.randint(1, 96)}.{chance.randint(1, 9)}%"
    number = f"{chance.randint(1, 99)},{chance.randint(0, 999):03}"
    return f"${number}" if kind == 2 else f"{number} {chance.choice(MATTERS)}"
