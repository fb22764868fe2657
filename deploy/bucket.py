"""Makes the bucket that the environment names; one that is there is left as it is."""

from __future__ import annotations

import sys
from contextlib import closing, suppress

from botocore.exceptions import BotoCoreError, ClientError

from imagecrawler.config import load_config
from imagecrawler.errors import ImagecrawlerError
from imagecrawler.storage.bucket import Bucket, connect, locate
from imagecrawler.storage.s3_errors import translated


def make_bucket(bucket: Bucket) -> None:
    """Raises StoreError, in one line."""
    with closing(connect(bucket)) as s3:
        # some services say only that it exists, whoever's it is: an upload will tell
        there = (s3.exceptions.BucketAlreadyOwnedByYou, s3.exceptions.BucketAlreadyExists)
        try:
            with suppress(*there):
                s3.create_bucket(Bucket=bucket.name)
        except (BotoCoreError, ClientError) as error:
            raise translated(error, f"make the bucket {bucket.name}") from error


def main() -> None:
    """Exit code 1 and one line where it cannot be made."""
    try:
        make_bucket(locate(load_config()))
    except ImagecrawlerError as error:
        sys.exit(f"bucket: {error}")


if __name__ == "__main__":
    main()
