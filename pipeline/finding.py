"""What one check of ``fengshao doctor`` found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """``right`` None: not there, and that is no fault; ``soon``: right as yet, and something is to be done."""

    right: bool | None
    text: str
    soon: bool = False

    @property
    def sign(self) -> str:
        """The first word of its line."""
        return "WARN" if self.soon else {True: "ok", False: "FAIL", None: "-"}[self.right]
