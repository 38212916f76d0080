"""How do feeds write dates, names, reading times, share buttons, and labels of other stories?

Pieces of regular expressions, in lower case where case is ignored, without named groups.
"""

NAME = r"[A-ZÀ-ÞА-Я][\w.'’-]*(?: (?:de|da|van|von|bin|al|[A-ZÀ-ÞА-Я][\w.'’-]*)){0,3}"
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
CLOCK = (
    r"(?:,?\s*(?:at |um |в )?\d{1,2}:\d{2}(?::\d{2})?(?:\s?[ap]\.?m\.?)?"
    r"(?:\s?(?:utc|gmt|[ecmp][sd]?t|jst|kst)\b)?)"
)
DATE = (
    rf"(?:\d{{4}}[/.-]\d{{1,2}}[/.-]\d{{1,2}}(?:t\d{{2}}:\d{{2}}[\w.:+-]{{0,24}})?|\d{{1,2}}[/.]\d{{1,2}}[/.]\d{{4}}"
    rf"|(?:(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?,? )?{MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)? {MONTH},? \d{{4}}|\d{{4}}年\d{{1,2}}月\d{{1,2}}日){CLOCK}?"
)
READING_TIME = (
    r"(?:(?:estimated |est\. )?reading time\s?[:：]?\s?)?(?:less than )?\d{1,2}\s?-?min(?:ute)?s?\.?"
    r"\s?(?:read(?:ing time)?"
    r"|to read|de lectura|de leitura|de lecture|di lettura|lesezeit|okuma süresi)\b"
    r"|(?:reading time|read time|lesezeit|tiempo de lectura|tempo de leitura|temps de lecture"
    r"|tempo di lettura"
    r"|время чтения|час читання|okuma süresi|阅读时间|閱讀時間|阅读时长)\s?[:：]?\s?(?:約|约|ca\. "
    r"|~)?\d{1,3}\s?(?:\w+)?"
    r"|\d{1,2} (?:dk(?:\.|ika)?(?:da)? (?:okuma|okunur)|минут\w* (?:чтения|на чтение))"
    r"|この記事は約?\s?\d{1,2}\s?分で読めます。?|阅读(?:本文)?(?:大约|约)?需(?:要)?\s?\d{1,2}\s?分钟"
)
BY = (
    r"(?:by|author|authors|written by|posted by|reported by|reporter|edited by|editor|byline|autor|autora"
    r"|por|von|par"
    r"|auteur|autore|автор|yazar|作者|撰文|撰稿|编辑|編輯|記者|著者|執筆|글쓴이|기자)"
)

SHARE = (
    r"share|tweet|pin(?: it)?|e-?mail|print|copy(?: link)?|facebook|twitter|x|linkedin|whatsapp|telegram"
    r"|reddit|like|comments?"
    r"|messenger|flipboard|pocket|weibo|wechat|line|threads|bluesky|save|follow|subscribe|sign up|log in"
    r"|sign in|advertisement"
    r"|ad|ads|advertorial|sponsored|promoted|listen|loading|menu|home|tags?|related|trending|updated?"
    r"|newsletter|分享|微信|微博"
)

RELATED = (
    r"(?:related(?: (?:reading|articles?|stor(?:y|ies)|news|posts?|topics?|coverage))?|magazine|read more"
    r"|read also|read next|also read"
    r"|must read|see also|see more|you (?:may|might) (?:also|be interested)(?: like| enjoy| in)?"
    r"|suggested (?:reading|articles?)"
    r"|recommended(?: (?:articles?|reading|for you))?|more (?:from|on) [\w .]{2,30}|trending now|up next"
    r"|further reading"
    r"|lee también|leer también|te puede interesar|relacionado|artículos? relacionados?|leia também"
    r"|leia mais|relacionad[oa]s?"
    r"|lesen sie auch|lies auch|mehr zum thema|das könnte (?:sie|dich) (?:auch )?interessieren|lire aussi"
    r"|à lire(?: aussi)?|sur le même sujet"
    r"|leggi anche|potrebbe interessarti|читайте также|читать также|по теме|читайте також"
    r"|ayrıca oku(?:yun)?|ilginizi çekebilir|benzer haberler"
    r"|관련 ?(?:기사|뉴스)|相关(?:阅读|文章|新闻)|相關(?:閱讀|文章|新聞)|延伸(?:阅读|閱讀)|推荐阅读"
    r"|推薦閱讀|関連(?:記事|ニュース)|あわせて読みたい)"
)
"""Labels in front of other stories' headlines."""
