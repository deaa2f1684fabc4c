"""One move of several cases by one request: each case has its own result, by the rules of single moves."""

import sqlalchemy as sa
from tests.hub.bench import CAMERA, EAST, Bench

from sharp_eyes.contract.event import SceneName
from sharp_eyes.contract.status import CameraNote
from sharp_eyes.hub.lifecycle.roles import Role
from sharp_eyes.hub.store.case_tables import Case, CaseLog

WEST = "demo/first-street/west"


def report(bench: Bench, camera: str = CAMERA) -> int:
    event = bench.report(scene=SceneName.GAS_CYLINDER, camera=camera)
    with bench.hub.read_only() as work:
        return work.session.scalars(sa.select(Case.id).where(Case.event_id == event)).one()


def test_each_case_has_its_own_result(quick: Bench) -> None:
    """What can be done is done; what cannot, what one may not see and what is not there are told by case."""
    cameras = (CameraNote(camera=CAMERA, name="东门", area=EAST), CameraNote(camera="cam-2", name="西门", area=WEST))
    quick.birth(cameras=cameras)
    first, second, elsewhere = report(quick), report(quick), report(quick, "cam-2")
    lead = quick.client(Role.SHIFT_LEAD, EAST)
    assert lead.post(f"/api/cases/{second}/moves/file").is_success
    offered = lead.get("/api/cases/moves", params={"id": [first, second, elsewhere]}).json()
    assert {one["move"]: one["count"] for one in offered}.items() >= {"file": 1, "void": 2, "dispatch": 1}.items()

    made = lead.post("/api/cases/moves/file", json={"ids": [first, second, elsewhere, 10**9, first]}).json()
    assert [one["id"] for one in made] == [first, second, elsewhere, 10**9]
    assert [one["case"] and one["case"]["state"] for one in made] == ["filed", None, None, None]
    assert [one["refused"] and one["refused"]["code"] for one in made] == [
        None,
        "illegal_move",
        "not_found",
        "not_found",
    ]
    with quick.hub.read_only() as work:
        lines = work.session.execute(sa.select(CaseLog.case_id, CaseLog.actor).where(CaseLog.what == "filed")).all()
    assert len(lines) == 2 and {name for _, name in lines} == {lead.get("/api/session").json()["username"]}


def test_reasons_and_rights_are_those_of_single_moves(quick: Bench) -> None:
    """Who may not move one case moves none of several; a reason that is missing or unknown is said of each."""
    quick.birth()
    ids = [report(quick) for _ in range(2)]

    def codes(role: Role, move: str, **body: object) -> set[str]:
        answer = quick.client(role).post(f"/api/cases/moves/{move}", json={"ids": ids, **body})
        assert answer.status_code == 200, answer.text
        return {"made" if one["refused"] is None else one["refused"]["code"] for one in answer.json()}

    assert codes(Role.EVALUATOR, "file") == {"not_allowed"}
    assert codes(Role.SHIFT_LEAD, "reject") == {"reason_needed"}
    assert codes(Role.SHIFT_LEAD, "file") == {"made"}
    assert codes(Role.SHIFT_LEAD, "dispatch", unit="nobody") == {"unknown_unit"}
    assert codes(Role.SHIFT_LEAD, "dispatch", unit="gas-company", anyway=True) == {"made"}


def test_a_request_is_bounded(quick: Bench) -> None:
    """At most 200 cases, at least one, and only moves that need nothing of each."""
    lead = quick.client(Role.SHIFT_LEAD)
    for move, ids in (("file", []), ("file", list(range(1, 202))), ("file", [0]), ("merge", [1]), ("handle", [1])):
        assert lead.post(f"/api/cases/moves/{move}", json={"ids": ids, "case": "2026-000001"}).status_code == 422, move
    assert lead.get("/api/cases/moves").status_code == 422
