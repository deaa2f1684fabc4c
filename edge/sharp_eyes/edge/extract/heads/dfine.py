"""D-FINE as its own ``tools/deployment/export_onnx.py`` exports it.

Source: Peng et al., "D-FINE: Redefine Regression Task in DETRs as Fine-grained Distribution Refinement",
arXiv:2410.13842.
"""

from sharp_eyes.edge.extract.heads.labels_boxes_scores import LabelsBoxesScores


class DFine(LabelsBoxesScores):
    """Inputs ``images`` and ``orig_target_sizes``, outputs ``labels``, ``boxes``, ``scores``; 0 is the first class."""
