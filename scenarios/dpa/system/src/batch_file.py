"""The batch log as a file of JSON lines, which is only ever added to."""

import json
import os


class BatchFile:
    def __init__(self, folder):
        self._path = folder / "batches.jsonl"

    def append(self, entry):
        """One line in one write, on the disk when this returns."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        data = json.dumps(entry, ensure_ascii=False).encode() + b"\n"
        with open(self._path, "ab+", buffering=0) as file:
            if self._is_torn(file):
                data = b"\n" + data  # a half line must not spoil this one
            if file.write(data) != len(data):
                raise OSError(f"{self._path.name}: the line was not written whole")
            os.fsync(file.fileno())

    @staticmethod
    def _is_torn(file):
        """Whether a kill or a full disk has left a line without its end."""
        if file.seek(0, os.SEEK_END) == 0:
            return False
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"

    def outcomes(self):
        """The last outcome of every batch in the file."""
        try:
            text = self._path.read_text("utf-8", "replace")
        except FileNotFoundError:
            return {}
        found = {}
        for line in text.splitlines():
            try:
                entry = json.loads(line)
                found[entry["batch_id"]] = entry["outcome"]
            except (ValueError, KeyError, TypeError):
                continue  # a torn line
        return found
