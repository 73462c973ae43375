"""What the scripts have in common: clients, requests to an API by host name, checks that are counted."""

import http.client
import io
import json
import os
import urllib.parse
import zipfile

import boto3
import botocore.exceptions

ENDPOINT = os.environ["AWS_ENDPOINT_URL"]
UPSTREAM = os.environ["UPSTREAM_URL"]
checked = 0


def client(service):
    return boto3.client(service, endpoint_url=ENDPOINT)


def call(api_id, path, method="GET", body=None, headers=None):
    """A request to an API; gives (status, text)."""
    address = urllib.parse.urlsplit(ENDPOINT)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
    host = f"{api_id}.execute-api.localhost:{address.port}"
    connection.request(method, path, body, {"Host": host, **(headers or {})})
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, text


def equal(actual, expected):
    global checked
    assert actual == expected, f"expected {expected!r}, got {actual!r}"
    checked += 1


def refused(code, operation, **arguments):
    """The operation has to fail with this error code."""
    global checked
    try:
        operation(**arguments)
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == code, error
        checked += 1
        return error
    raise AssertionError(f"was to be refused with {code}")


def package(**files):
    """A zip: package(index_js="…") holds index.js."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("_", "."), text)
    return data.getvalue()


def seen(text):
    """What the upstream saw of a request."""
    return json.loads(text)


def finish():
    print(f"ok: {checked} assertions")
