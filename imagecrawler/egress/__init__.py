"""The egress guard: every connection to the outside, the browser's included, passes here."""

from imagecrawler.egress.guard import EgressGuard
from imagecrawler.egress.limits import Limits
from imagecrawler.egress.policy import EgressPolicy
from imagecrawler.egress.verdict import Verdict

__all__ = ["EgressGuard", "EgressPolicy", "Limits", "Verdict"]
