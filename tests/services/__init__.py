"""Real services for tests: each one starts, answers, and is surely gone afterwards, even when the tests are killed.

From a shell: ``python -m tests.services postgres redis s3 -- command…`` runs a command beside them.
"""

from tests.services.postgres import PostgresServer, postgres_server
from tests.services.redis import redis_server
from tests.services.seaweed import RestartableS3, S3Server, restartable_s3_server, s3_server
from tests.services.site import LiveSite, worker_process

__all__ = [
    "LiveSite",
    "PostgresServer",
    "RestartableS3",
    "S3Server",
    "postgres_server",
    "redis_server",
    "restartable_s3_server",
    "s3_server",
    "worker_process",
]
