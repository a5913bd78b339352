"""Protocols to choose among: what each asks for, and what it would meet in this client's answers. Pure."""

from dataclasses import dataclass, replace

from clients.screening.findings import Screening
from routines.builder.from_protocol import StepDraft, phases_from_protocol
from routines.catalog.methods import Protocol
from routines.catalog.types import Catalog, is_hand
from routines.safety.check_steps import check_steps
from routines.safety.steps import Step


@dataclass(frozen=True)
class ProtocolOffer:
    """`gate`: the catalog's advice where one of its gate rules fired. `blocked` of `steps` would have to be settled."""

    protocol: Protocol
    tradition: str
    focus: str
    tools: tuple[str, ...]
    steps: int
    blocked: int
    gate: str = ""
    gate_rule: str = ""
    instead: Protocol | None = None


def offered_protocols(screening: Screening, catalog: Catalog, *, affected: str = "both") -> list[ProtocolOffer]:
    """Every protocol for home use; those whose gate is open come first, in the catalog's order."""
    home = [entry for entry in catalog.protocols if entry.client_title and entry.home_plan_default == "on"]
    offers = [_offer(protocol, screening, catalog, affected) for protocol in home]
    return sorted(offers, key=lambda offer: bool(offer.gate))


def _offer(protocol: Protocol, screening: Screening, catalog: Catalog, affected: str) -> ProtocolOffer:
    drafts = [step for phase in phases_from_protocol(protocol, catalog, affected) for step in phase.steps]
    done = [_as_step(number, draft) for number, draft in enumerate(drafts) if draft.technique]
    verdict = check_steps(screening, done, catalog)
    tools = dict.fromkeys(draft.tool for draft in drafts if draft.tool and not is_hand(draft.tool))
    offer = ProtocolOffer(
        protocol=protocol,
        tradition=next((entry.name for entry in catalog.traditions if entry.slug == protocol.tradition), ""),
        focus=next((phase.focus for phase in protocol.phases if phase.focus), ""),
        tools=tuple(catalog.tool_by_slug[tool].name for tool in tools),
        steps=len(drafts),
        blocked=sum(not all(side.is_allowed for side in sides.values()) for sides in verdict.steps.values()),
    )
    return _gated(offer, screening, catalog)


def _gated(offer: ProtocolOffer, screening: Screening, catalog: Catalog) -> ProtocolOffer:
    gate = offer.protocol.gate
    fired = {finding.rule for finding in screening.findings}
    rule = next((rule for rule in (gate.rule, *gate.also) if rule in fired), None) if gate else None
    if gate is None or rule is None:
        return offer
    instead = next((entry for entry in catalog.protocols if entry.slug in gate.if_fired.split()), None)
    return replace(offer, gate=gate.if_fired, gate_rule=rule, instead=instead)


def _as_step(number: int, draft: StepDraft) -> Step:
    return Step(
        number, draft.zone, draft.technique or "", draft.side, draft.pressure, draft.seconds, draft.tool, draft.position
    )
