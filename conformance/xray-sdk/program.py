"""A program of any kind that is traced with AWS's X-Ray SDK: sends segments, asks for rules and targets, reads its trace back."""

import json
import os
import time

import boto3
from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.sampling.connector import ServiceConnector

host, port = os.environ["AWS_XRAY_DAEMON_ADDRESS"].split(":")
xray = boto3.client("xray", endpoint_url=os.environ["AWS_ENDPOINT_URL"])

xray_recorder.configure(service="shop", sampling=False)
with xray_recorder.in_segment("shop") as segment:
    segment.put_annotation("plan", "gold")
    segment.put_http_meta("status", 200)
    with xray_recorder.in_subsegment("db", namespace="remote") as subsegment:
        subsegment.put_metadata("rows", [1, 2])
    try:
        with xray_recorder.in_subsegment("broken"):
            raise ValueError("no")
    except ValueError:
        pass
trace_id = segment.trace_id

connector = ServiceConnector()
connector.setup_xray_client(host, port, None)
rules = connector.fetch_sampling_rules()
for rule in rules:
    rule.increment_request_count()
    rule.increment_sampled_count()
targets, modified = connector.fetch_sampling_target(rules)

for _ in range(100):
    traces = xray.batch_get_traces(TraceIds=[trace_id])["Traces"]
    if traces:
        break
    time.sleep(0.05)
documents = [json.loads(each["Document"]) for each in traces[0]["Segments"]]
print(
    json.dumps(
        {
            "documents": documents,
            "rules": [[rule.name, rule.rate, rule.priority] for rule in rules],
            "targets": {name: [target["rate"], target["quota"], target["interval"]] for name, target in targets.items()},
        }
    )
)
