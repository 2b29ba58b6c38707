"""Fits the weights of components/kit/src/search/fit.rs to intents; needs numpy. Each file here holds the intents of one writer,
who saw neither phrases nor other intents; `project` is what the project began with. Prints what is found of each file with
weights fitted to the others alone, and then the weights of all.

    cargo run --example facts -- host-test/intents > facts.jsonl
    python3 host-test/intents/fit.py facts.jsonl
"""

import json
import sys

import numpy as np

PRODUCT, VENDOR_OTHER = 10, 23
# As TOGETHER in fit.rs.
PAIRS = [(2, 14), (28, 13), (28, 14), (0, 14), (0, 13), (22, 26), (8, 13), (33, 13), (1, 13), (8, 33), (19, 13), (18, 13),
         (12, 26), (30, 13), (35, 28), (36, 13)]
# How much an intent that nothing serves counts, and how small weights are kept.
NONE, SMALL_RANK, SMALL_SURE = 6.5, 0.0005, 0.01
# What an operation loses that must not come before others: AGAINST in fit.rs.
AGAINST = 100.0


def in_16ths(weights):
    return np.clip(np.round(weights * 16), -127, 127) / 16


def rank(facts, right, steps=400, rate=0.1):
    """The likelihood that one of the expected operations is first, by Adam."""
    facts, right = facts[right.any(1)], right[right.any(1)]
    weights, mean, square = (np.zeros(facts.shape[2]) for _ in range(3))
    for step in range(1, steps + 1):
        score = facts @ weights
        score = np.exp(score - score.max(1, keepdims=True))
        wanted = score * right
        error = wanted / (wanted.sum(1, keepdims=True) + 1e-30) - score / score.sum(1, keepdims=True)
        slope = np.einsum("nd,ndf->f", error, facts) / len(facts) - SMALL_RANK * weights
        mean = 0.9 * mean + 0.1 * slope
        square = 0.999 * square + 0.001 * slope * slope
        weights += rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return in_16ths(weights)


def more(facts):
    return np.concatenate([facts, *(facts[:, [a]] * facts[:, [b]] for a, b in PAIRS)], 1)


def first(facts, against, weights):
    return facts[np.arange(len(facts)), (facts @ weights - AGAINST * against).argmax(1)]


def sure(facts, right, against, ranks):
    """The likelihood that the first operation is meant at all, by Newton's method."""
    rows, meant = more(first(facts, against, ranks)), right.any(1).astype(float)
    counts = np.where(meant > 0, 1.0, NONE)
    weights = np.zeros(rows.shape[1])
    small = SMALL_SURE * len(rows)
    for _ in range(25):
        likely = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
        slope = rows.T @ (counts * (meant - likely)) - small * weights
        bend = (rows * (counts * likely * (1 - likely))[:, None]).T @ rows + small * np.eye(len(weights))
        weights += np.linalg.solve(bend, slope)
    return in_16ths(weights)


def measure(facts, right, against, ranks, sures):
    """Of each intent: whether an operation serves it, the place of the first that does, and whether hits are weak."""
    order = np.argsort(AGAINST * against - facts @ ranks, axis=1, kind="stable")
    place = np.take_along_axis(right, order, 1).argmax(1)
    best = first(facts, against, ranks)
    weak = (more(best) @ sures <= 0) | (best[:, VENDOR_OTHER] > 0) | (best[:, PRODUCT] > 0)
    return np.stack([right.any(1), place, weak], 1)


def show(name, out):
    served, none = out[out[:, 0] > 0], out[out[:, 0] == 0]
    place = served[:, 1]
    print(f"{name:12} {len(served):4} R@1 {np.mean(place == 0):.3f} R@5 {np.mean(place < 5):.3f} "
          f"MRR {np.mean(1 / (place + 1)):.3f} weak {np.mean(served[:, 2]):.3f}   {len(none):4} weak {np.mean(none[:, 2]):.3f}")


cases = [json.loads(line) for line in open(sys.argv[1])]
facts = np.array([[facts for _, facts in case["facts"]] for case in cases], dtype=np.float32)
right = np.array([[id in case["expect"] for id, _ in case["facts"]] for case in cases])
against = np.array([case["against"] for case in cases])
groups = np.array([case["group"] for case in cases])
unseen = []
for group in sorted(set(groups)):
    out, others = groups == group, groups != group
    ranks = rank(facts[others], right[others])
    sures = sure(facts[others], right[others], against[others], ranks)
    unseen.append(measure(facts[out], right[out], against[out], ranks, sures))
    show(group, unseen[-1])
show("left out", np.concatenate(unseen))
ranks = rank(facts, right)
sures = sure(facts, right, against, ranks)
show("fitted", measure(facts, right, against, ranks, sures))
sixteenths = lambda weights: [int(weight * 16) for weight in weights]
print("RANK", sixteenths(ranks))
print("SURE", sixteenths(sures[: len(ranks)]))
print("SURE_TOGETHER", sixteenths(sures[len(ranks):]))
