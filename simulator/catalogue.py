"""The metrics: key in `report.json`, what each means in words, and which way is better."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """`best` is "high", "low" or "" where neither is better; `unit` "" for a share in [0, 1].

    `published` is the best that others report of something comparable, and who; "" where nobody does.
    """

    key: str
    title: str
    unit: str
    best: str
    meaning: str
    published: str = ""


ARROWS = {"high": " ↑", "low": " ↓", "": ""}
METRICS = (
    Metric(
        "psnr_changed_db",
        "PSNR, changed tiles",
        "dB",
        "high",
        "one step ahead, on the tiles that truly changed",
        "40.8, autoencoder alone, 13 px text (Neural Computers)",
    ),
    Metric("psnr_db", "PSNR, whole frame", "dB", "high", "one step ahead; copying does well here"),
    Metric("ssim_changed", "SSIM, changed tiles", "", "high", "structural similarity, one step ahead"),
    Metric(
        "dirty_where", "Where it changes", "", "high", "share of right tiles among the n most probable of n changed"
    ),
    Metric("dirty_where_by_event", "Where, by event", "", "high", "the same by what the user was doing"),
    Metric("dirty_when_auc", "When it changes", "", "high", "ROC AUC of the probability that anything changes"),
    Metric("dirty_calibration_error", "Calibration error", "", "low", "of that probability, 10 bins"),
    Metric(
        "event_iou",
        "Event IoU",
        "",
        "high",
        "20 frames on its own after a press: changed tiles, generated against true",
    ),
    Metric("event_psnr_db", "PSNR after an event", "dB", "high", "the truly changed tiles at the end of these frames"),
    Metric(
        "transition_accuracy",
        "Transition accuracy",
        "",
        "high",
        "large changes: nearest cluster is the true one",
        "0.377 of 73 clusters (NeuralOS)",
    ),
    Metric(
        "transition_clusters",
        "Transition clusters",
        "clusters",
        "",
        "how many kinds of large change there are",
        "73 (NeuralOS)",
    ),
    Metric(
        "transition_majority",
        "Transition majority",
        "",
        "",
        "share of the largest cluster: the score of a constant",
        "0.014 (NeuralOS)",
    ),
    Metric("ocr_char_accuracy", "Characters legible", "", "high", "OCR on generated against true frames"),
    Metric("ocr_exact_line", "Lines legible", "", "high", "lines that OCR reads exactly as on the true frame"),
    Metric(
        "typing_accuracy",
        "Typing",
        "",
        "high",
        "typed characters that appear in place within 3 frames",
        '0.54 of characters in its terminal (Neural Computers); "barely works" (reviewers of NeuralOS)',
    ),
    Metric(
        "rmse_at",
        "Drift",
        "levels of 255",
        "low",
        "on its own: RMSE of the whole frame after so many frames",
        "none measured in closed loop on a desktop",
    ),
    Metric(
        "lpips",
        "LPIPS after an event",
        "",
        "low",
        "how different the screens look to a pretrained network at the end of these frames",
        "0.605, 3D worlds (ForgeWM)",
    ),
    Metric(
        "fvd", "FVD", "", "low", "Frechet distance of videos in a pretrained network's space", "14.5 (Neural Computers)"
    ),
    Metric(
        "memory_restored",
        "Memory, by frames hidden",
        "",
        "high",
        "a window minimised and restored: SSIM with what it was, where the true one is the same",
    ),
    Metric(
        "pointer_shape_accuracy",
        "Pointer shape",
        "",
        "high",
        "right pointer image, per frame",
        "0.987 of pointers right (Neural Computers)",
    ),
    Metric(
        "pointer_error_px",
        "Pointer error",
        "px",
        "low",
        "how far from its true place the pointer is found, up to 8 px each way; 0 where it is its own plane",
        "1.6 across, 1.4 down (NeuralOS)",
    ),
    Metric(
        "prompt_attribute_accuracy",
        "Prompt attributes",
        "",
        "high",
        "theme and wallpaper asked for and there, as CLIP sees it: begun with a prompt, and 30 frames after a wish; "
        "pairs that training has seen, and others; and applications asked for and open",
    ),
    Metric("clip_score", "CLIP score", "", "high", "similarity of screen and prompt"),
    Metric("frechet_clip", "Frechet distance", "", "low", "between true and generated screens, in CLIP space"),
)
