"""抓拍 snap: cameras, recordings and folders become frames; packets are kept for clips."""

from sharp_eyes.edge.snap.address import masked
from sharp_eyes.edge.snap.pace import Pace
from sharp_eyes.edge.snap.reader import CameraReader
from sharp_eyes.edge.snap.ring import Clip, PacketRing
from sharp_eyes.edge.snap.sources import read_frames
from sharp_eyes.edge.snap.statistics import Statistics

__all__ = ["CameraReader", "Clip", "Pace", "PacketRing", "Statistics", "masked", "read_frames"]
