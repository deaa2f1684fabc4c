"""The city pack's rule table by administrators of the whole city: what happens by itself with which cases."""

from fastapi import APIRouter, Response
from pydantic import Field

from sharp_eyes.hub.api.area_schemas import Versioned
from sharp_eyes.hub.api.city_changes import (
    ExpectedVersion,
    changing_city,
    check_whole_city,
    entity_tag,
    keep_change,
    note_act,
)
from sharp_eyes.hub.api.dependencies import CurrentPerson, HubDependency
from sharp_eyes.hub.api.schemas import ResponseModel, StorableText
from sharp_eyes.hub.areas.city_doubts import doubts
from sharp_eyes.hub.areas.city_edits import with_rules
from sharp_eyes.hub.areas.city_pack import Rule
from sharp_eyes.hub.audit import Action
from sharp_eyes.hub.store.unit_of_work import UnitOfWork

router = APIRouter(prefix="/rules", tags=["city"])


class RuleTable(ResponseModel):
    """All rules, and what they hardly mean."""

    version: int = Field(description="Of the city pack; give it back with a change")
    rules: list[Rule]
    doubts: list[str] = Field(description="Such as a rule that switches another one off")


class GivenRules(Versioned):
    """All rules as they are to be."""

    rules: list[Rule] = Field(max_length=2000)
    why: StorableText = Field("", max_length=2000, examples=["Parking is enforced by day alone"])


@router.get("", response_model_exclude_unset=True)
def get_rules(hub: HubDependency, person: CurrentPerson, response: Response) -> RuleTable:
    """Give the rule table, as the city pack has it; 403 for all but administrators of the whole city."""
    check_whole_city(hub.city, person, "rules")
    with hub.read_only() as work:
        return _table(work, response)


@router.put("", response_model_exclude_unset=True)
def put_rules(
    hub: HubDependency, person: CurrentPerson, response: Response, expected: ExpectedVersion, body: GivenRules
) -> RuleTable:
    """Let these be the rules, from the next event on; /rules/try tells beforehand what they would do.

    403 not_allowed, 409 changed_meanwhile, 422 wrong_city, 428 version_missing.
    """
    check_whole_city(hub.city, person, "rules")
    with changing_city(hub, expected, body.version) as work:
        before = len(work.city.rules)
        keep_change(work, person, with_rules(work.city, body.rules))
        detail = {"before": before, "rules": len(body.rules), "reason": body.why.strip() or None}
        note_act(work, person, Action.RULES_CHANGED, work.city.root, "rules", **detail)
        return _table(work, response)


def _table(work: UnitOfWork, response: Response) -> RuleTable:
    response.headers["ETag"] = entity_tag(work.city_version)
    return RuleTable(version=work.city_version, rules=list(work.city.rules), doubts=list(doubts(work.city)))
