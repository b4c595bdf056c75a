"""Wall times and instants: the one place where the gaps and folds of clock changes are decided."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

# fmt: off
_AMERICAN_PLACES = frozenset({
    "Adak", "Anchorage", "Boise", "Chicago", "Denver", "Detroit", "Juneau", "Los_Angeles", "Menominee",
    "Metlakatla", "New_York", "Nome", "Phoenix", "Shiprock", "Sitka", "Yakutat", "Fort_Wayne",
    "Indianapolis", "Louisville", "Puerto_Rico", "St_Thomas", "Honolulu", "Guam", "Saipan", "Pago_Pago",
    "Manila",
})
# fmt: on
_AMERICAN_AREAS = ("US/", "America/Indiana/", "America/Kentucky/", "America/North_Dakota/")
_NO_PLACE = frozenset({"UTC", "GMT", "Zulu", "UCT", "Universal", "Greenwich", "GMT0"})


@lru_cache(maxsize=256)
def load_zone(name: str) -> ZoneInfo:
    """The zone of an IANA name. Raises ZoneInfoNotFoundError (a KeyError) or ValueError for what is no zone."""
    return ZoneInfo(name)


def month_first_zone(zone: str) -> bool | None:
    """Whether people in this zone write the month first; None when the zone names no place."""
    if zone in _NO_PLACE or zone.startswith("Etc/"):
        return None
    return zone.startswith(_AMERICAN_AREAS) or zone.rpartition("/")[2] in _AMERICAN_PLACES


def resolve(wall: datetime, zone: str) -> datetime:
    """The UTC instant of a naive wall time.

    In a gap (the clocks jump over it) it is the first instant that exists after the jump; in a fold (the time comes
    twice) it is the first one, unless the wall time says that it is the second (`fold`), as elapsed time does.
    """
    place = load_zone(zone)
    instant = wall.replace(tzinfo=place).astimezone(UTC)
    back = instant.astimezone(place).replace(tzinfo=None)
    return instant if back == wall.replace(tzinfo=None) else _end_of_gap(wall, place)


def _end_of_gap(wall: datetime, place: ZoneInfo) -> datetime:
    """The first instant after the gap that `wall` lies in: where the offset changes, found by halving seconds."""
    late = wall.replace(tzinfo=place, fold=0).astimezone(UTC)
    early = wall.replace(tzinfo=place, fold=1).astimezone(UTC)
    before = early.astimezone(place).utcoffset()
    low, high = int(early.timestamp()), int(late.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, place).utcoffset() == before:
            low = middle
        else:
            high = middle
    return datetime.fromtimestamp(high, UTC)


def find_existing(wall: datetime, zone: str) -> datetime:
    """The aware local time for a naive one, moved out of a gap."""
    return resolve(wall, zone).astimezone(load_zone(zone))


def first_instant(day: date, zone: str) -> datetime:
    """The first moment of a date that exists there (midnight itself may be missing)."""
    return find_existing(datetime.combine(day, time(0)), zone)


def localise(instant: datetime, zone: str) -> datetime:
    """The naive wall time that an instant has in a zone; `fold` is 1 when it is the second of two."""
    return instant.astimezone(load_zone(zone)).replace(tzinfo=None)


def add_seconds(wall: datetime, zone: str, seconds: float) -> datetime:
    """A wall time moved by elapsed time: it goes through UTC, so that "in 8 hours" is 8 hours across a clock change."""
    return localise(resolve(wall, zone) + timedelta(seconds=seconds), zone)
