from workers.running import RunningJob


def compare_backbones(running: RunningJob) -> None: ...
