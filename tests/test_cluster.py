"""An installation of several processes: two of the API and a worker, any of which may be killed."""

import signal

import httpx

from tools.cluster import Cluster


async def test_a_killed_process_is_missed_by_nobody_and_comes_back_where_it_was(tmp_path):
    async with Cluster(tmp_path, apis=2, workers=1, durable=False) as cluster:
        assert set(cluster.running()) == {"postgres", "s3", "api1", "api2", "worker1"}
        await cluster.kill("api1")
        async with httpx.AsyncClient(timeout=10) as client:
            for _ in range(3):
                assert (await client.get(f"{cluster.proxy_url}/readyz")).status_code == 200
            await cluster.kill("postgres", signal.SIGKILL)
            without = await client.get(f"{cluster.proxy_url}/readyz")
            assert (without.status_code, without.json()["parts"]["database"]) == (
                503,
                "unavailable",
            )
            await cluster.start("postgres")
            await cluster.start("api1")
            for address in cluster.api_urls:
                assert (await client.get(f"{address}/readyz")).status_code == 200
        await cluster.kill("worker1", signal.SIGTERM)
        assert "worker1" not in cluster.running()
