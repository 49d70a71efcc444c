"""What can go wrong with the store, named for the one who must mend it: place, what was found, what to do.

StoreError
├── StoreMissing    there is no store at that place
├── StoreOutdated   its tables are of another revision than this program's
├── StoreInUse      another program writes it
├── StoreGone       the file is no longer where it was: removed or replaced while it was written
├── StoreAway       the server cannot be reached or broke off: worth another try, with a store opened anew
└── StoreFull       the disk (or the file's quota) is full: nothing of the batch was kept
"""


class StoreError(Exception):
    """The store could not do what was asked; a batch that failed has left nothing behind."""


class StoreMissing(StoreError):
    """There is no store at that place."""


class StoreOutdated(StoreError):
    """Its tables are of another revision than this program's."""


class StoreInUse(StoreError):
    """Another program writes it; there is only ever one writer."""


class StoreGone(StoreError):
    """The file was removed or replaced: what is written now, no later start would find."""


class StoreAway(StoreError):
    """The server cannot be reached, or broke off: then only a store opened anew tells whether the batch was kept."""


class StoreFull(StoreError):
    """No room left on the disk; what was already committed is safe."""


NO_ROOM = "no room left to write; free disk space and start again"
NOT_OURS = "expected a folder and files that this user may write; correct their owner, or name another --data folder"
