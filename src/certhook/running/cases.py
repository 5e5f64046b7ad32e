"""From a pack and a profile to the cases of a run: what is sent, and which requirements it is sent for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from certhook.building.builder import Builder
from certhook.changes import FAMILIES, Change, Scope, changes_of
from certhook.changes.bodies import catalogue
from certhook.changes.formbodies import form_catalogue
from certhook.judging.judge import Ask
from certhook.judging.oracle import CATEGORIES, Wrong, wrongs_of
from certhook.pack.model import Entry, Operation, Pack
from certhook.profile.profile import Profile
from certhook.values import GROUPS, Level, Outcome, Requirement


@dataclass(frozen=True, slots=True)
class Case:
    """One request, the group in whose round it is sent, and what its answer is asked.

    A case without asks is judged by the rules that hold for every answer alone.
    """

    id: str
    operation: Operation
    group: str
    change: Change
    asks: tuple[Ask, ...]
    fuzzed: bool = False


@dataclass(frozen=True, slots=True)
class Selected:
    """A requirement of a run, at the level that the profile gives it.

    `settled` is its outcome where no request can change it: not applicable, or not tested for want of test data.
    """

    entry: Entry
    requirement: Requirement
    settled: Outcome | None = None
    reason: str = ""


def select(pack: Pack, profile: Profile, groups: Iterable[str] = (), ids: Iterable[str] = ()) -> tuple[Selected, ...]:
    """The requirements of a run: all, or those of some groups, or some by id."""
    groups, ids = tuple(groups), tuple(ids)
    wanted = [
        entry
        for entry in pack.entries
        if (not groups and not ids) or entry.requirement.group in groups or entry.requirement.id in ids
    ]
    return tuple(_settle(entry, pack, profile) for entry in wanted)


def _settle(entry: Entry, pack: Pack, profile: Profile) -> Selected:
    requirement = entry.requirement
    requirement = replace(requirement, level=profile.levels.get(requirement.id, requirement.level))
    if entry.check.not_applicable:
        return Selected(entry, requirement, Outcome.NOT_APPLICABLE, entry.check.not_applicable)
    signing = pack.signing
    if requirement.group == "signature" and signing.optional and profile.value(signing.key) is None:
        return Selected(entry, requirement, Outcome.NOT_APPLICABLE, signing.optional)
    for place, wanted in entry.check.when.items():
        if profile.value(place) != wanted:
            reason = f"applies only if the profile says {place} = {_toml(wanted)}"
            return Selected(entry, requirement, Outcome.NOT_APPLICABLE, reason)
    lacking = [place for place in entry.check.needs if profile.value(place) is None]
    if lacking:
        reason = f"needs {' and '.join(lacking)}, which the profile leaves out"
        return Selected(entry, requirement, Outcome.NOT_TESTED, reason)
    own = entry.check.unless
    if own and all(profile.value(place) == value for place, value in own.items()):
        reason = f"what would be sent for it is a valid request with this profile's {' and '.join(own)}"
        return Selected(entry, requirement, Outcome.NOT_TESTED, reason)
    return Selected(entry, requirement)


def _toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else f'"{value}"'


def cases_of(pack: Pack, profile: Profile, selected: Iterable[Selected], builder: Builder) -> tuple[Case, ...]:
    """Every case that some selected requirement needs, in the order in which groups and operations are run."""
    open_ones = [one for one in selected if one.settled is None]
    cases = [
        case
        for operation in pack.operations
        for case in _cases_of_operation(Scope(pack, operation, profile), open_ones, builder)
    ]
    return tuple(sorted(cases, key=lambda case: GROUPS.index(case.group)))


def _cases_of_operation(scope: Scope, selected: list[Selected], builder: Builder) -> Iterator[Case]:
    name = scope.operation.name
    every = [Selected(entry, entry.requirement) for entry in scope.pack.entries]
    homes = {change.name: _home(change, asks) for change, asks in _asked(scope, every).values()}
    asked = _asked(scope, selected)
    for change, asks in _telling(scope, asked.values(), builder):
        group = homes[change.name]
        yield Case(_id(name, group, change), scope.operation, group, change, tuple(asks))
    groups = {one.requirement.group for one in selected}
    if "robustness" in groups or any(one.entry.check.bodies for one in selected):
        for change in _catalogue(scope.operation):
            body = body_asks(scope, selected, change, builder)
            if body or "robustness" in groups:
                yield Case(f"{name}.{change.name}", scope.operation, "malformed", change, body)
    for group in ("fields", "status", "semantics"):
        if group in groups:
            for change in _probes(scope):
                once = replace(change, twice=False)  # that is for the group of its own family
                again = tuple(asked[change.name][1]) if change.name in asked else ()  # it may be let through later on
                yield Case(f"{name}.{group}.probe.{change.name}", scope.operation, group, once, again)
    for change in _robust(scope):
        unharmed = _unharmed_asks(scope, selected, change, builder)
        if unharmed or "robustness" in groups:
            yield Case(f"{name}.{change.name}", scope.operation, "robustness", change, unharmed)


def _catalogue(operation: Operation) -> Iterator[Change]:
    return form_catalogue(operation) if operation.encoding == "form" else catalogue(operation.encoding)


def _asked(scope: Scope, selected: list[Selected]) -> dict[str, tuple[Change, list[Ask]]]:
    """The changes that requirements name, each once, with everything that is asked of its answer."""
    found: dict[str, tuple[Change, list[Ask]]] = {}
    for one in selected:
        check = one.entry.check
        if check.operations and scope.operation.name not in check.operations:
            continue
        for family in check.changes:
            for change in changes_of(family, scope):
                if not check.fields or change.place in check.fields:
                    ask = Ask(one.requirement, scope.pack.answers[check.answer])
                    found.setdefault(change.name, (change, []))[1].append(ask)
    return found


def _telling(
    scope: Scope, asked: Iterable[tuple[Change, list[Ask]]], builder: Builder
) -> Iterator[tuple[Change, list[Ask]]]:
    """Without violations that are none with this profile: the request is valid, and to accept it is nobody's fault."""
    for change, asks in asked:
        if change.legal or not builder.leaves_as_it_was(scope.operation, change):
            yield change, asks


def _id(operation: str, group: str, change: Change) -> str:
    """`operation.group.change`, without naming the group twice."""
    return f"{operation}.{change.name}" if change.name.startswith(f"{group}.") else f"{operation}.{group}.{change.name}"


def _home(change: Change, asks: list[Ask]) -> str:
    """A change is sent in the group of its own family's name where a requirement of that group asks for it.

    Decided by the whole catalogue, whatever is selected, so that cases keep their ids.
    """
    groups = [ask.requirement.group for ask in asks]
    family = change.name.split(".")[0]
    return family if family in groups else groups[0]


def _probes(scope: Scope) -> Iterator[Change]:
    """What shows how answers look: the control, and a few requests that are refused for different reasons."""
    for name in ("control", *scope.operation.probes):
        yield from changes_of(name, scope)


def _robust(scope: Scope) -> Iterator[Change]:
    for family in FAMILIES:
        if family.startswith("robustness."):
            yield from changes_of(family, scope)


def body_asks(scope: Scope, selected: Iterable[Selected], change: Change, builder: Builder) -> tuple[Ask, ...]:
    """What is asked of the answer to a changed body: the oracle says what the body is."""
    request, valid = builder.build_from(scope.operation, change)
    found = wrongs_of(request.body, scope.operation, valid)
    return asks_about(found, scope.pack, selected, scope.operation)


def _unharmed_asks(scope: Scope, selected: list[Selected], change: Change, builder: Builder) -> tuple[Ask, ...]:
    """What is asked of a harmless request whose body arrives as it was signed; of what a server may refuse, nothing."""
    about = [one for one in selected if "unharmed" in one.entry.check.bodies]
    if not about or change.finish is not None or change.retry or change.answer_is_open:
        return ()
    return body_asks(scope, about, change, builder)


def asks_about(
    wrongs: Iterable[Wrong], pack: Pack, selected: Iterable[Selected], operation: Operation
) -> tuple[Ask, ...]:
    """What is asked of the answer to a body with which these things are wrong.

    A body with one thing wrong is asked exactly; one with several is asked only to be refused, in the name of the most
    severe; one that differs in a way whose answer nobody can foretell is asked nothing. A requirement that is about
    certain fields is asked where these are what is wrong.
    """
    wrong = {one for one in wrongs if one.category != "extra"}
    categories = {one.category for one in wrong}
    if categories & {"other-value", "deep"}:
        return ()
    worst = min(categories or {"unharmed"}, key=CATEGORIES.index)
    places = {one.place for one in wrong if one.category == worst} or {""}
    asked = [
        one
        for one in selected
        if worst in one.entry.check.bodies
        and (not one.entry.check.operations or operation.name in one.entry.check.operations)
        and (not one.entry.check.fields or places & {"", *one.entry.check.fields})
    ]
    if len(categories) <= 1:
        return tuple(Ask(one.requirement, pack.answers[one.entry.check.answer]) for one in asked)
    strict = [
        one for one in asked if one.requirement.level is Level.MUST and not pack.answers[one.entry.check.answer].broken
    ]
    return tuple(Ask(one.requirement, pack.answers["refused"]) for one in strict[:1])
