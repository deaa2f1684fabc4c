"""A gateway says that its machine is hot or slowed down, where Linux tells."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from sharp_eyes.contract.status import CameraHealth, CameraState, Heartbeat, MachineState, OutboxState
from sharp_eyes.edge.gateway import limited
from sharp_eyes.edge.machine import READ_EVERY, SLOWED_FOR, Machine


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def put(root: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content + "\n")


ZONES = {
    "class/thermal/thermal_zone0/type": "cpu-thermal",
    "class/thermal/thermal_zone0/temp": "61500",
    "class/thermal/thermal_zone0/trip_point_0_type": "passive",
    "class/thermal/thermal_zone0/trip_point_0_temp": "85000",
    "class/thermal/thermal_zone0/trip_point_1_type": "critical",
    "class/thermal/thermal_zone0/trip_point_1_temp": "104500",
    "class/thermal/thermal_zone1/type": "gpu-thermal",
    "class/thermal/thermal_zone1/temp": "58000",
    "class/thermal/thermal_zone2/type": "cv0-thermal",
    "class/thermal/thermal_zone2/temp": "-256000",
}


def test_a_machine_that_tells_nothing_says_nothing(tmp_path: Path) -> None:
    """In a container or a virtual machine there are no sensors; the heartbeat is as it was."""
    assert Machine(tmp_path).state() is None
    beat = Heartbeat(
        gateway="gw",
        session="s",
        sequence=0,
        time=datetime.now(UTC),
        cameras=(),
        outbox=OutboxState(pending=0, bytes=0),
    )
    assert "machine" not in beat.model_dump_json()


def test_the_hottest_sensor_is_told_and_one_that_is_off_is_not(tmp_path: Path) -> None:
    """A Jetson's sensors of units that sleep give -256 degrees, or an error."""
    put(tmp_path, ZONES)
    (tmp_path / "class/thermal/thermal_zone3/temp").mkdir(parents=True)
    state = Machine(tmp_path).state()
    assert state == MachineState(temperature=61.5, sensor="cpu-thermal", throttled=False, detail="")


@pytest.mark.parametrize(
    ("kind", "told"), [("thermal-cpufreq-0", True), ("Processor", True), ("17000000.gpu", True), ("pwm-fan", False)]
)
def test_a_cooling_device_that_slows_down_is_told(tmp_path: Path, kind: str, told: bool) -> None:
    """A fan that turns is none."""
    put(tmp_path, ZONES | {"class/thermal/cooling_device0/type": kind, "class/thermal/cooling_device0/cur_state": "2"})
    state = Machine(tmp_path).state()
    assert state is not None
    assert state.throttled is told
    assert ("slows itself down (cpu-thermal 62 °C)" in state.detail) is told


@pytest.mark.parametrize(
    "counter", ["devices/system/cpu/cpu1/thermal_throttle/core_throttle_count", "class/hwmon/hwmon3/oc3_event_cnt"]
)
def test_a_throttle_counter_that_grows_is_told_for_a_minute(tmp_path: Path, counter: str) -> None:
    """What it had counted before the gateway started says nothing."""
    clock = Clock()
    put(tmp_path, {counter: "17"})
    machine = Machine(tmp_path, clock)
    assert machine.state() is None
    put(tmp_path, {counter: "18"})
    assert machine.state() is None, "read a moment ago"
    clock.now += READ_EVERY
    state = machine.state()
    assert state is not None
    assert state.throttled
    clock.now += SLOWED_FOR
    assert machine.state() is None


def test_the_end_is_near_before_it_comes(tmp_path: Path) -> None:
    """The cameras' health says it, after what they say themselves."""
    put(tmp_path, ZONES | {"class/thermal/thermal_zone0/temp": "101000"})
    state = Machine(tmp_path).state()
    assert state is not None
    assert "about to switch itself off: cpu-thermal 101 °C, at 104 °C it does" in state.detail
    now = datetime.now(UTC)
    health = CameraHealth(camera="cam", state=CameraState.ONLINE, since=now, detail="keyframes are rare")
    assert limited(health, state).detail == f"keyframes are rare; {state.detail}"
    assert limited(health, None) is health
