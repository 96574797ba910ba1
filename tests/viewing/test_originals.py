"""Files of sources are found under the folders that are ingested, and nowhere else."""

from __future__ import annotations

from hashlib import sha256

import pytest

from copilot.adapters.originals import FolderOriginals
from copilot.domain.access import EVERYONE
from copilot.domain.documents import Metadata, Source, SourceKind, SourcePath
from copilot.domain.views import Stored

CONTENT = b"as it was ingested"


@pytest.fixture
def find(tmp_path):
    """Return a function that finds the file of a source, as it was ingested."""
    inside, single = tmp_path / "inside", tmp_path / "single.txt"
    (inside / "deep").mkdir(parents=True)
    (inside / "deep" / "a.txt").write_bytes(CONTENT)
    (inside / "other.txt").write_bytes(b"something else")
    single.write_bytes(CONTENT)
    secret = tmp_path / "secret.txt"
    secret.write_bytes(CONTENT)
    (inside / "link.txt").symlink_to(secret)
    originals = FolderOriginals(lambda: {"policies": inside, "single.txt": single})

    def finding(path):
        about = Metadata(kind=SourceKind.POLICY, title="", audience=EVERYONE)
        source = Source(path=SourcePath(path), metadata=about)
        return originals.file(
            Stored(
                source=source,
                text="",
                content_hash=sha256(CONTENT).hexdigest(),
                size=len(CONTENT),
                mtime_ns=1,
            )
        )

    return finding


@pytest.mark.parametrize("path", ["policies/deep/a.txt", "single.txt"])
def test_a_file_is_found_by_its_path(find, path):
    """In a folder, or as a file that was ingested alone."""
    assert find(path).read_bytes() == CONTENT


@pytest.mark.parametrize(
    "path",
    [
        "policies/other.txt",
        "policies/gone.txt",
        "policies/deep",
        "policies/link.txt",
        "policies/../secret.txt",
        "secret.txt",
        "/etc/passwd",
        "evidence/deep/a.txt",
    ],
)
def test_anything_else_is_not(find, path):
    """Another content, a link that leads out, a path that climbs, a folder that nobody ingested."""
    assert find(path) is None
