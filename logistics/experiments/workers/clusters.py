"""A Dask cluster, where other machines do the work."""

from __future__ import annotations

import asyncio
import logging
import math
import pickle
import secrets
import threading
import time
import warnings
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError, Future
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, TypeVar

from logistics.errors import WorkerError
from logistics.experiments.workers.executors import Place, Shared, same
from logistics.runtime.versions import differences, versions
from networks.inputs.faults import InputError, whole_file

if TYPE_CHECKING:
    from distributed import Client

A = TypeVar("A")

_CONNECT_S = 5
_ANSWER_S = 5
_LEAVE_S = 5
_COUNT_S = 1.0
_ALONE_S = 60.0
_ATTEMPTS = 5
_TRAVELS_BYTES = 200_000  # what may go with every task
_LOGGERS = (
    "distributed", "distributed.client", "distributed.comm", "distributed.protocol.core",
    "tornado.application", "asyncio",
)  # fmt: skip
_EXTRA = "python -m pip install 'logistics[cluster]'"
_ADDRESS = "the address that  dask scheduler  prints, such as tcp://10.0.0.5:8786"
_SAME = "the same logistics, packages and Python everywhere: scheduler, workers and here"
_DIED = (
    "its worker process ended unexpectedly every time, most likely out of memory: give workers more"
    " memory, or use a smaller sample"
)


class Cluster(Place):
    """The workers of a Dask scheduler; those that come later get work too."""

    def __init__(self, address: str) -> None:
        """Join a cluster.

        Raises InputError if the extra is not installed, there is no scheduler or no worker, or one
        of them has another version of something that matters.
        """
        self._address = address
        self._alone_since: float | None = None
        self._counted, self._counted_at = 1, -math.inf
        self._plugins: list[str] = []
        if not address.strip():
            raise whole_file("cluster", "the address is empty", _ADDRESS)
        if find_spec("distributed") is None:
            raise _refused(address, "the extra 'cluster' is not installed", _EXTRA)
        import distributed  # noqa: PLC0415  (an extra; it sets up its logging when imported)

        with ExitStack() as leaving:
            leaving.enter_context(_quiet())
            _refuse_others_than_schedulers(address)
            self._client = _client(distributed.Client, address)
            leaving.callback(self._close_client)
            if not self._workers():
                raise _refused(address, "has no workers", f"dask worker {address}")
            self._refuse_other_versions()
            super().__init__(self._client.get_executor(pure=False))
            self._leaving = leaving.pop_all()

    def width(self) -> int:
        """Return how many tasks the workers run at one time that were there a moment ago."""
        now = time.monotonic()
        if now - self._counted_at > _COUNT_S:
            threads = [int(worker["nthreads"]) for worker in self._workers().values()]
            self._counted, self._counted_at = max(1, sum(threads)), now
        return self._counted

    def share(self, value: A) -> Shared[A]:
        """Give a large value to every worker, and to those that come later; a small one travels."""
        from logistics.experiments.workers.cluster_values import Carrier, received  # noqa: PLC0415

        if len(pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)) <= _TRAVELS_BYTES:
            return Shared(partial(same, value))
        name = f"logistics-{secrets.token_hex(8)}"
        self._plugins.append(name)
        for attempt in range(_ATTEMPTS):
            try:
                self._client.register_plugin(Carrier(name, value), name=name)
                break
            except OSError as error:  # a worker that ends just now
                if attempt == _ATTEMPTS - 1:
                    raise WorkerError(f"{self._address}: {error}") from None
                time.sleep(_COUNT_S)
        return Shared(partial(received, name))

    def check(self) -> None:
        """Look whether scheduler and workers are still there.

        Raises WorkerError if not.
        """
        if self._workers():
            self._alone_since = None
            return
        now = time.monotonic()
        self._alone_since = self._alone_since or now
        if now - self._alone_since > _ALONE_S:
            raise WorkerError(f"{self._address}: no worker has been there for {_ALONE_S:.0f} s")

    def rebuild(self, error: BaseException) -> None:
        """Give up: a cluster sees to its workers itself.

        Raises WorkerError.
        """
        raise self._lost() from None

    def killed(self, error: BaseException) -> bool:
        """Tell whether the scheduler gave a task up because workers that had it ended."""
        return type(error).__name__ == "KilledWorker"

    def explained(self, error: BaseException) -> BaseException:
        """Return the task's error, in words where workers ended.

        Raises WorkerError if it is not the task's: the scheduler is gone.
        """
        if isinstance(error, CancelledError):
            raise self._lost() from None
        return WorkerError(_DIED) if self.killed(error) else error

    def close(self) -> None:
        """Leave the cluster as it was."""
        with suppress(Exception):
            for name in self._plugins:
                self._client.unregister_worker_plugin(name)
        self._leaving.close()

    def stop(self) -> None:
        """Give up what is under way, and leave."""
        with suppress(Exception):
            self._executor.shutdown(wait=False)
        self.close()

    def _close_client(self) -> None:
        with suppress(Exception):
            self._client.close(timeout=_LEAVE_S)

    def _workers(self) -> Mapping[str, Any]:
        """Return what the scheduler says of each worker, by address.

        Raises WorkerError if it says nothing.
        """
        try:
            workers: Mapping[str, Any] = self._client.scheduler_info(n_workers=-1)["workers"]
        except Exception:
            raise self._lost() from None
        return workers

    def _refuse_other_versions(self) -> None:
        try:
            scheduler: object = self._client.run_on_scheduler(versions)
        except Exception as error:
            scheduler = error
        _refuse_versions(self._address, "the scheduler", scheduler)
        for worker, theirs in self._client.run(versions, on_error="return").items():
            _refuse_versions(self._address, f"worker {worker}", theirs)

    def _lost(self) -> WorkerError:
        problem = "the scheduler is gone; what had not come back is not finished"
        return WorkerError(f"{self._address}: {problem}")


def _client(kind: type[Client], address: str) -> Client:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of versions, which are checked here
            return kind(address, timeout=_CONNECT_S, set_as_default=False)
    except (OSError, ValueError, TypeError):
        raise _refused(address, "no scheduler answers there", _ADDRESS) from None


def _refuse_others_than_schedulers(address: str) -> None:
    """Refuse an address where no scheduler answers, before a client is made.

    A client waits forever for a server that stays silent, allocates as much memory as the first
    bytes of another protocol seem to announce, and logs errors when it is discarded.
    """
    from distributed.comm import get_address_host_port  # noqa: PLC0415

    try:
        get_address_host_port(address)
    except Exception:
        raise _refused(address, "is no address", _ADDRESS) from None
    answer: Future[Any] = Future()

    def ask() -> None:
        try:
            answer.set_result(asyncio.run(asyncio.wait_for(_identity(address), _ANSWER_S)))
        except Exception as error:
            answer.set_exception(error)

    # a notebook has an event loop in its own thread, and a name may take long to be looked up
    threading.Thread(target=ask, daemon=True).start()
    try:
        who = answer.result(_ANSWER_S + 1)["type"]
    except Exception:
        raise _refused(address, "no scheduler answers there", _ADDRESS) from None
    if who != "Scheduler":
        raise _refused(address, f"a {str(who).lower()} answers there, not a scheduler", _ADDRESS)


async def _identity(address: str) -> Any:
    """Return how a Dask server describes itself; another server may raise anything."""
    from distributed.core import connect  # noqa: PLC0415
    from distributed.security import Security  # noqa: PLC0415

    how = Security().get_connection_args("client")
    comm = await connect(address, timeout=_ANSWER_S, **how)
    try:
        await comm.write({"op": "identity", "reply": True})
        return await comm.read()
    finally:
        comm.abort()


def _refuse_versions(address: str, who: str, theirs: object) -> None:
    if isinstance(theirs, Mapping):
        found = differences(theirs, versions())
        if found:
            raise _refused(address, f"{who} has other versions: {'; '.join(found)}", _SAME)
    else:
        raise _refused(address, f"{who} cannot run logistics: {theirs}", _SAME)


def _refused(address: str, problem: str, allowed: str) -> InputError:
    return whole_file("cluster", f"{address}: {problem}", allowed)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what the library logs of lost connections from the planner: we say it in words."""
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
