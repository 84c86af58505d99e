"""A vision transformer for small images: four blocks of 64 channels."""

from compiler.models.architecture import DIGITS, Architecture, Sketch, Task
from compiler.models.vision_transformer import vision_transformer


def vit_micro(task: Task = DIGITS) -> Architecture:
    """Images in patches of 2 x 2, or of an eighth of their height; the feed-forward layers are prunable."""
    net = Sketch("vit_micro", f"ViT, {task.title}", task.input_shape)
    patch = max(2, task.input_shape[1] // 8)
    return vision_transformer(net, patch=patch, width=64, hidden=256, heads=4, blocks=4, classes=task.classes)
