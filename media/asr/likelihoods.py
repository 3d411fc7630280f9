"""How likely each piece of a phone makes each 10 ms of audio: the model's Gaussians, weighed. Pure."""

from __future__ import annotations

import numpy as np

from media.asr.sphinx_model import CEPSTRA, GAUSSIANS, STREAMS, AcousticModel, Floats, Ints

_LEAST = 1e-30


class Senones:
    """Some senones of a model, made ready to be asked together."""

    def __init__(self, model: AcousticModel, senones: Ints) -> None:
        weights = model.weights(senones)
        owner = model.phones.owner[senones]
        self._count = len(senones)
        self._of = [(int(phone), np.flatnonzero(owner == phone)) for phone in np.unique(owner)]
        self._weights = [np.ascontiguousarray(weights[:, :, columns]) for _, columns in self._of]

    def scored(self, logs: tuple[Floats, Floats]) -> Floats:
        """Log likelihoods, steps x senones, of what `Gaussians.of` says of some audio."""
        densities, best = logs
        scores = np.empty((best.shape[1], self._count), np.float32)
        for (phone, columns), weights in zip(self._of, self._weights, strict=True):
            mixed = np.log(np.matmul(densities[:, :, phone], weights) + _LEAST).sum(axis=0)
            scores[:, columns] = mixed + best[:, :, phone].sum(axis=0)[:, None]
        return scores


class Gaussians:
    """All Gaussians of a model, as one product with the features and their squares for each stream."""

    def __init__(self, model: AcousticModel) -> None:
        half = 0.5 / model.variances
        spread = -0.5 * np.log(2 * np.pi * model.variances).sum(axis=3)
        constants = spread - (half * model.means**2).sum(axis=3)
        parts = (-half, 2 * half * model.means, constants[..., None])
        forms = np.concatenate(parts, axis=3).reshape(STREAMS, -1, 2 * CEPSTRA + 1)
        self._forms = np.ascontiguousarray(forms.transpose(0, 2, 1))

    def of(self, features: Floats) -> tuple[Floats, Floats]:
        """Densities (streams x steps x phones x Gaussians) over the best of each phone, and the log of that best."""
        steps = len(features)
        terms = np.ones((STREAMS, steps, 2 * CEPSTRA + 1), np.float32)
        for stream in range(STREAMS):
            own = features[:, stream * CEPSTRA : (stream + 1) * CEPSTRA]
            terms[stream, :, :CEPSTRA] = own * own
            terms[stream, :, CEPSTRA:-1] = own
        logs = np.matmul(terms, self._forms).reshape(STREAMS, steps, -1, GAUSSIANS)
        best = logs.max(axis=3)
        logs -= best[:, :, :, None]
        return np.exp(logs, out=logs), best
