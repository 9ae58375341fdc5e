"""What the pipeline is told by its environment."""

from pathlib import Path

from environment import Environment


class Settings:
    def __init__(self, env):
        """Leaves it to the caller to check `env`, who may want more of it."""
        self.warehouse_url = env.url("WAREHOUSE_URL", "postgresql")
        self.freight_url = env.url("FREIGHT_API_URL", "http", "https")
        self.input_dir = Path(env.text("INPUT_DIR"))
        self.alert_url = env.url("ALERT_URL", "http", "https")
        self.log_dir = Path(env.text("LOG_DIR"))
        self.freight_timeout = env.seconds("FREIGHT_TIMEOUT_MS", 10000)
        self.alert_timeout = env.seconds("ALERT_TIMEOUT_MS", 2000)
        self.lock_timeout = env.seconds("LOCK_TIMEOUT_MS", 30000)
        self.retry_pause = env.seconds("RETRY_PAUSE_MS", 1000)
        # For drills only: how long Load rests before its first step and after each (18 times for
        # 3000 facts), so that there is time to break something in the middle of it.
        self.load_pause = env.seconds("LOAD_PAUSE_MS", 0)

    @classmethod
    def read(cls):
        env = Environment()
        settings = cls(env)
        env.check()
        return settings
