"""抓拍 snap: cameras, recordings and folders become frames; packets are kept for clips."""

from sharp_eyes.edge.snap.address import masked
from sharp_eyes.edge.snap.decode_mode import DecodeMode
from sharp_eyes.edge.snap.reader import CameraReader
from sharp_eyes.edge.snap.ring import EncodedClip, PacketRing
from sharp_eyes.edge.snap.sources import read_frames
from sharp_eyes.edge.snap.statistics import StreamStatistics
from sharp_eyes.edge.snap.wall_clock import wall

__all__ = [
    "CameraReader",
    "DecodeMode",
    "EncodedClip",
    "PacketRing",
    "StreamStatistics",
    "masked",
    "read_frames",
    "wall",
]
