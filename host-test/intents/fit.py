"""Fits the weights of components/kit/src/search/fit.rs to intents; needs numpy. Prints what five-fold cross-validation says
of them, and then the weights.

    cargo run --example facts -- host-test/intents/intents.jsonl > facts.jsonl
    python3 host-test/intents/fit.py facts.jsonl
"""

import json
import random
import sys

import numpy as np

PRODUCT, VENDOR_OTHER = 10, 23
# As TOGETHER in fit.rs.
PAIRS = [(2, 14), (28, 13), (28, 14), (0, 14), (0, 13), (22, 26), (8, 13), (33, 13), (1, 13), (8, 33), (19, 13), (18, 13),
         (12, 26), (30, 13), (35, 28), (36, 13)]
# How much an intent that nothing serves counts, and how small weights are kept.
NONE, SMALL_RANK, SMALL_SURE = 1.45, 0.0005, 0.0001


def ascend(size, gradient, steps, rate):
    """Adam."""
    weights, mean, square = np.zeros(size), np.zeros(size), np.zeros(size)
    for step in range(1, steps + 1):
        slope = gradient(weights)
        mean = 0.9 * mean + 0.1 * slope
        square = 0.999 * square + 0.001 * slope * slope
        weights += rate * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return np.clip(np.round(weights * 16), -127, 127) / 16


def rank(cases):
    """The likelihood that one of the expected operations is first."""
    served = [(facts, right) for facts, right in cases if right.any()]

    def gradient(weights):
        slope = -SMALL_RANK * len(served) * weights
        for facts, right in served:
            score = np.exp(facts @ weights - (facts @ weights).max())
            slope += facts.T @ (score * right / (score * right).sum() - score / score.sum())
        return slope / len(served)

    return ascend(served[0][0].shape[1], gradient, 600, 0.1)


def more(facts):
    return np.concatenate([facts, [facts[a] * facts[b] for a, b in PAIRS]])


def vetoed(facts):
    return facts[VENDOR_OTHER] > 0 or facts[PRODUCT] > 0


def sure(cases, weights):
    """The likelihood that the first operation is meant at all."""
    firsts = [(facts[(facts @ weights).argmax()], right.any()) for facts, right in cases]
    rows = np.array([more(facts) for facts, _ in firsts if not vetoed(facts)])
    meant = np.array([float(any_) for facts, any_ in firsts if not vetoed(facts)])
    counts = np.where(meant > 0, 1.0, NONE)

    def gradient(weights):
        return rows.T @ (counts * (meant - 1 / (1 + np.exp(-rows @ weights)))) / len(meant) - SMALL_SURE * weights

    return ascend(rows.shape[1], gradient, 3000, 0.05)


def measure(cases, ranks, sures):
    out = np.zeros(6)
    for facts, right in cases:
        order = np.argsort(-(facts @ ranks), kind="stable")
        best = facts[order[0]]
        found = more(best) @ sures > 0 and not vetoed(best)
        if not right.any():
            out[4:] += [1, not found]
            continue
        out[0] += 1
        place = next(place for place, at in enumerate(order) if right[at])
        if found:
            out[1:4] += [place == 0, place < 5, 1 / (place + 1)]
    return out


def show(name, out):
    print(f"{name}: R@1 {out[1] / out[0]:.3f} R@5 {out[2] / out[0]:.3f} MRR {out[3] / out[0]:.3f} "
          f"no-match {out[5] / max(out[4], 1):.3f}")


cases = []
for line in open(sys.argv[1]):
    case = json.loads(line)
    right = np.array([id in case["expect"] for id, _ in case["facts"]])
    cases.append((np.array([facts for _, facts in case["facts"]]), right))
random.Random(7).shuffle(cases)
total = 0
for fold in range(5):
    known = [case for at, case in enumerate(cases) if at % 5 != fold]
    ranks = rank(known)
    total = total + measure(cases[fold::5], ranks, sure(known, ranks))
show("unseen", total)
ranks = rank(cases)
sures = sure(cases, ranks)
show("fitted", measure(cases, ranks, sures))
sixteenths = lambda weights: [int(weight * 16) for weight in weights]
print("RANK", sixteenths(ranks))
print("SURE", sixteenths(sures[: len(ranks)]))
print("SURE_TOGETHER", sixteenths(sures[len(ranks):]))
