"""Rasa's ResponseSelector, trained for a given time; after an interruption it continues. Only ``bench search`` uses it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import tensorflow as tf
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.selectors.response_selector import ResponseSelector
from rasa.utils.tensorflow.model_data import RasaModelData
from rasa.utils.tensorflow.models import RasaModel

_KEEP_EVERY = 60.0  # seconds of training that an interruption may lose


class Clock(tf.keras.callbacks.Callback):  # type: ignore[misc]
    """Stops after ``seconds`` of training, including earlier runs; keeps weights and ``progress.json`` in ``folder``."""

    def __init__(self, folder: Path, seconds: float) -> None:
        super().__init__()
        self._folder, self._seconds = folder, seconds
        self._progress = folder / "progress.json"
        self._curve: list[dict[str, float]] = []
        self._started = self._worked = self._kept = 0.0

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        if self._progress.exists():
            self._curve = json.loads(self._progress.read_text(encoding="utf-8"))["curve"]
            self.model.load_weights(str(self._folder / "weights"))
        before = self._curve[-1] if self._curve else {"seconds": 0.0, "cpu_seconds": 0.0}
        self._kept = before["seconds"]
        self._started = time.monotonic() - before["seconds"]
        self._worked = time.process_time() - before["cpu_seconds"]

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        seconds = round(time.monotonic() - self._started, 1)
        done = int(self._curve[-1]["epoch"]) + 1 if self._curve else 1
        busy = round(time.process_time() - self._worked, 1)
        accuracy = round(float((logs or {})["r_acc"]), 4)
        self._curve.append({"epoch": done, "seconds": seconds, "cpu_seconds": busy, "accuracy": accuracy})
        print(json.dumps({"done": min(int(seconds), int(self._seconds)), "total": int(self._seconds)}), flush=True)
        self.model.stop_training = seconds >= self._seconds
        if self.model.stop_training or seconds - self._kept >= _KEEP_EVERY:
            self._keep(seconds)

    def _keep(self, seconds: float) -> None:
        self._kept = seconds
        self.model.save_weights(str(self._folder / "weights"), save_format="tf")
        part = self._progress.with_suffix(".part")
        part.write_text(json.dumps({"curve": self._curve}), encoding="utf-8")
        part.replace(self._progress)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class TimedSelector(ResponseSelector):  # type: ignore[misc]
    """``ResponseSelector`` with two more settings: ``folder`` and ``seconds`` (see ``Clock``); ``epochs`` is a bound."""

    def _instantiate_model_class(self, model_data: RasaModelData) -> RasaModel:
        model = super()._instantiate_model_class(model_data)
        fit = model.fit
        clock = Clock(Path(self.component_config["folder"]), self.component_config["seconds"])

        def timed(*arguments: Any, callbacks: list[Any], **options: Any) -> Any:
            return fit(*arguments, callbacks=[*callbacks, clock], **options)

        model.fit = timed
        return model
