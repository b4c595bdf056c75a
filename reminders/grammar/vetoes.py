"""What can be no moment: names, firms, streets, titles in quotes, prices, scales, numbered things, set phrases."""

import re

from reminders.grammar.chart import Chart

_NUMBERED = re.compile(r"\d+(?:[.,]\d{1,2})?|\d{1,4}[/–-]\d{1,4}|\d{1,2}:\d")
_SCALE = re.compile(r"1:(?:[1-9]0|[1-9]5|12|43|24)")
_DOTTED = re.compile(r"\d{1,2}[.,]\d{2}(?:[-–]\d{1,2}[.,]\d{2})?")
_LEADS = ("FROM", "ON", "AT", "DUE", "EVERY", "MOD")
_QUOTES = {"«": "»", "„": '“”"', "“": "”", "»": "«", '"': '"', "”": "”", "‚": "‘"}
_LONGEST_NAME = 7  # words in quotes that may be one name
_LONGEST_STREET = 3
_REACH = 3  # words between "scale" or "price" and the figures


def find_vetoed(chart: Chart) -> set[int]:
    """The tokens that are parts of names, firms, amounts, numbered things and set phrases."""
    vetoed: set[int] = set()
    for start in chart.places.get("GREETING", ()):
        for term in chart.at[start]["GREETING"]:
            vetoed.update(range(term.start, term.end))
    for start in chart.places.get("NAMED", ()):
        vetoed.update(_named_places(chart, start))
    for find in (_find_names, _find_measured, _find_numbered):
        vetoed |= find(chart)
    for find in (_find_quoted, _find_roads, _find_ratios, _find_prices, _find_namesakes):
        vetoed |= find(chart)
    return vetoed


def _find_names(chart: Chart) -> set[int]:
    """Words of time in double names, in names by their capital, in front of a firm's last word."""
    found = {place for place in range(len(chart.tokens)) if _is_compound(chart, place)}
    for category in ("WEEKDAY", "MONTH", "RELDAY"):
        found.update(place for place in chart.places.get(category, ()) if _is_name(chart, place))
    for start in chart.places.get("NAMEPART", ()):
        if start and _is_capital(chart, start) and _is_capital(chart, start - 1):
            found.add(start - 1)  # Ford Monday Club, Сегодня Медиа
    for start in chart.places.get("FIRM", ()):
        if start and chart.tokens[start - 1].kind == "word":
            found.add(start - 1)
            if start > 1 and not chart.is_plain(start - 1) and _is_capital(chart, start - 2):
                found.add(start - 2)  # Tuesday Morning Inc
    return found


def _find_measured(chart: Chart) -> set[int]:
    """Numbers that count something: 20 licences."""
    return {
        start - 1 for start in chart.places.get("MEASURE", ()) if start and chart.tokens[start - 1].kind == "number"
    }


def _find_numbered(chart: Chart) -> set[int]:
    """Numbers of rooms, pages, orders."""
    found: set[int] = set()
    last = len(chart.tokens)
    for start in chart.places.get("BEFORENUMBER", ()):
        following = max(term.end for term in chart.at[start]["BEFORENUMBER"])
        while following < last and chart.tokens[following].text in (".", ":", "#", "№"):
            following += 1
        if (
            following < last
            and chart.tokens[following].kind == "number"
            and _NUMBERED.fullmatch(chart.tokens[following].text)
            and not (chart.glued(following + 1) and chart.has("ORDSUFFIX", following + 2))
        ):
            found.add(following)
    return found


def _named_places(chart: Chart, start: int) -> set[int]:
    """The name after an honorific: the next words with a capital, or the very next one."""
    following = start + 1
    if chart.fold(following) == "." and chart.glued(following):
        following += 1
    if chart.has("NAMED", following):
        return {start}
    token = chart.tokens[following] if following < len(chart.tokens) else None
    if token is None or token.kind != "word":
        return set()
    if token.text.islower() and any(c in chart.at[following] for c in ("ON", "AT", "DUE", "FROM", "STRONGDUE")):
        return set()  # "close the company by May"
    if chart.has("ROAD", start) and _is_capital(chart, start) and _is_capital(chart, start - 1):
        return set()  # Lake View Dr
    weak_title = chart.has("WEEKDAYW", start)
    if weak_title and (not token.text[0].isupper() or chart.ending("ON", start, 1) is not None):
        return set()
    return {start, following} if weak_title else {following}


def _is_name(chart: Chart, place: int) -> bool:
    """Whether a word of time with a capital is a name: кафе Четверг, Thursday Boots is a client."""
    token, before = chart.tokens[place], chart.tokens[place - 1] if place else None
    if not token.text[0].isupper() or (len(token.text) > 1 and token.text[1].isupper()):
        return False
    following = chart.tokens[place + 1] if place + 1 < len(chart.tokens) else None
    capital = following is not None and following.kind == "word" and following.text[0].isupper()
    if chart.lexicon.settings.get("small_days") and before is not None and before.kind == "word":
        # Russian writes weekdays small: one with a capital within a sentence is a name, unless a preposition leads it
        return not any(chart.at[place - 1].get(category) for category in _LEADS[token.text.isascii() :])
    if not capital or (before is not None and before.kind != "mark"):
        return False
    stated = place + 2 < len(chart.tokens) and chart.has("STATE", place + 2)
    return stated and not chart.at[place + 1].keys() - {"STATE"}


def _is_compound(chart: Chart, place: int) -> bool:
    """Whether a word is one half of a double name: "Wednesday-Addams", "Sonntag & Söhne"."""
    if chart.tokens[place].kind != "word" or place + 2 >= len(chart.tokens):
        return False
    mark, other = chart.tokens[place + 1], chart.tokens[place + 2]
    linked = (mark.text == "-" and mark.glued and other.glued) or mark.text == "&"
    return linked and other.text[0].isupper() and chart.is_plain(place + 2)


def _is_capital(chart: Chart, place: int) -> bool:
    return 0 <= place < len(chart.tokens) and chart.tokens[place].text[0].isupper()


def _find_quoted(chart: Chart) -> set[int]:
    """The words of a name in quotes: кафе «Пятница», the song "Blue Monday". A task in quotes is none."""
    found: set[int] = set()
    tokens = chart.tokens
    place = 0
    while place < len(tokens):
        ends = _QUOTES.get(tokens[place].text)
        close = None
        if ends is not None:
            reach = tokens[place + 2 : place + 2 + _LONGEST_NAME]
            close = next((place + 2 + i for i, token in enumerate(reach) if token.text in ends), None)
        if close is None:
            place += 1
            continue
        if _names(chart, place, close):
            found.update(range(place + 1, close))
        place = close + 1
    return found


def _names(chart: Chart, opened: int, closed: int) -> bool:
    tokens = chart.tokens
    if opened == 0 and closed >= len(tokens) - 1:
        return False
    if opened and (tokens[opened - 1].text in ":-–—" or chart.ending("REMIND", opened, 4) is not None):
        return False
    within = tokens[opened + 1 : closed]
    if any(token.kind == "number" for token in within):
        return False
    return len(within) == 1 or within[0].text[0].isupper()


def _find_roads(chart: Chart) -> set[int]:
    """House numbers and days that are parts of a street: 18 Oak Ln, 5th Avenue, Straße des 17. Juni, ул. 1 Мая."""
    found: set[int] = set()
    for road in chart.places.get("ROAD", ()):
        if _is_capital(chart, road) and chart.tokens[road].text[1:].islower():
            found |= _before_road(chart, road)
        found |= _behind_road(chart, road)
    return found


def _before_road(chart: Chart, road: int) -> set[int]:
    tokens = chart.tokens
    if len(tokens[road].text) < _REACH and _is_capital(chart, road + 1):
        return set()  # Dr Smith, St Paul
    first = road
    while first > max(0, road - _LONGEST_STREET) and tokens[first - 1].kind == "word" and _is_capital(chart, first - 1):
        first -= 1
    counted = first
    if counted and chart.has("ORDSUFFIX", counted - 1) and tokens[counted - 1].glued:
        counted -= 1
    if counted and tokens[counted - 1].kind == "number" and (first < road or counted < first):
        return set(range(counted - 1, road))
    if chart.tokens[first - 1].text == "." and first:
        return set()  # am 17. Juni Straße sperren
    timed = first < road and any(chart.has(c, road - 1) for c in ("WEEKDAY", "MONTH", "RELDAY"))
    return {road - 1} if timed else set()


def _behind_road(chart: Chart, road: int) -> set[int]:
    tokens, day = chart.tokens, road + 1
    if day < len(tokens) and tokens[day].text == ".":
        day += 1
    linked = chart.has("ROADOF", day)
    day += linked
    if day >= len(tokens) or tokens[day].kind != "number":
        return set()
    month = day + 2 if day + 1 < len(tokens) and tokens[day + 1].text == "." else day + 1
    capital = linked or _is_capital(chart, month)
    return set(range(day, month + 1)) if capital and chart.has("MONTH", month) else set()


def _find_ratios(chart: Chart) -> set[int]:
    """Scales and ratios: масштаб 1:20, mixed 1:10. Where clocks have 24 hours, 1:50 by itself is one, too."""
    spoken = chart.places.get("RATIO", ())
    found: set[int] = set()
    for place in chart.places.get("TIME", ()):
        named = chart.has("RATIO", place + 1)
        if not named and (not _SCALE.fullmatch(chart.tokens[place].text) or _is_led(chart, place)):
            continue
        if spoken or chart.lexicon.settings.get("written_24"):
            found.add(place)
    return found


def _is_led(chart: Chart, place: int) -> bool:
    """Whether a preposition or a day stands right before a clock time."""
    if not place:
        return False
    before = chart.at[place - 1]
    return any(c in before for c in ("AT", "RELDAY", "WEEKDAY", "WEEKDAYW", "FROM")) and "ABOUT" not in before


def _find_prices(chart: Chart) -> set[int]:
    """Amounts of money with a dot: the price went from 8.30 to 9.15, 9.15 per metre."""
    dotted = [
        p for c in ("DOTTED", "RANGED") for p in chart.places.get(c, ()) if _DOTTED.fullmatch(chart.tokens[p].text)
    ]
    if not dotted:
        return set()
    priced = {p for p in dotted if _is_priced(chart, p)}
    if not priced:
        return set()
    amounts = {p for p in dotted if not any(chart.has(c, p + 1) for c in ("OCLOCK", "AMPM"))}
    hourly = {p + 2 for p in amounts if chart.has("AT", p + 1) and chart.has("UNIT", p + 2)}  # 8.25 в час
    return amounts | hourly


def _is_priced(chart: Chart, place: int) -> bool:
    if any(chart.has(category, place + 1) for category in ("OCLOCK", "AMPM")):
        return False
    if chart.has("PERTHING", place + 1):
        return True
    return any(start < place <= start + 2 * _REACH for start in chart.places.get("PRICE", ()))


def _find_namesakes(chart: Chart) -> set[int]:
    """People and firms that are called like a feast or a part of the day: Nikolaus Meier, Вадим Полдень."""
    found: set[int] = set()
    for place in chart.places.get("NAMESAKE", ()):
        following = place + 1
        led = place and any(c in chart.at[place - 1] for c in (*_LEADS, "ABOUT"))
        if _is_capital(chart, place) and _is_capital(chart, following) and chart.is_plain(following) and not led:
            found.add(place)
    if chart.lexicon.settings.get("small_days"):
        for category in ("PART", "PARTW", "MEAL"):
            for place in chart.places.get(category, ()):
                named = place and chart.tokens[place - 1].kind == "word" and _is_capital(chart, place - 1)
                if named and _is_capital(chart, place) and not any(c in chart.at[place - 1] for c in _LEADS):
                    found.add(place)
    return found
