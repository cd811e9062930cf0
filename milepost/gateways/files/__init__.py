"""
Files by what is in them: the name of a file is the sha256 of its bytes.

No path is ever made from anything that a person typed, the same bytes are stored once, and a file that
was changed behind our back is noticed when it is read.
"""

from milepost.gateways.files.directory import DirectoryFiles
from milepost.gateways.files.fake import MemoryFiles
from milepost.gateways.files.store import FileDamaged, FileMissing, FileStore, FilesUnavailable

__all__ = ["DirectoryFiles", "FileDamaged", "FileMissing", "FileStore", "FilesUnavailable", "MemoryFiles"]
