"""A clip of the past, cut from kept video without re-encoding."""

from dataclasses import replace

import av

from sharp_eyes.edge.look_back.segments import read_packets
from sharp_eyes.edge.look_back.shelf import Shelf
from sharp_eyes.edge.snap.ring import EncodedClip, EncodedPacket, Template, choose_packets, make_clip


def cut(shelf: Shelf, since: float, until: float) -> EncodedClip | None:
    """The clip between two times, from the keyframe before; where a gap lies within, its last picture stands.

    It ends early where the camera changed how it encodes.

    Returns:
        None where nothing of that time is kept.

    Raises:
        FFmpegError, ValueError: no file can be made of what is kept.
    """
    template: Template | None = None
    packets: list[EncodedPacket] = []
    reached = since
    while segments := list(shelf.covering(reached, until)):
        for segment in segments:
            try:
                with shelf.open(segment) as file:
                    encoded, found = read_packets(file)
            except (FileNotFoundError, ValueError, av.error.InvalidDataError):
                continue  # it has just been removed, or has only begun
            if template is not None and encoded.key != template.key:
                return _clip(template, packets, since, until)
            template = encoded
            packets += [
                replace(one, time=one.time + segment.start, decode_time=one.decode_time + segment.start)
                for one in found
            ]
        if segments[-1].end <= reached:
            break
        reached = segments[-1].end
    return None if template is None else _clip(template, packets, since, until)


def _clip(template: Template, packets: list[EncodedPacket], since: float, until: float) -> EncodedClip | None:
    chosen = choose_packets(tuple(packets), since, until)
    return make_clip(template, chosen) if chosen else None
