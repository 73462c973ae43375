# Runs inside the process of a Python function: loads its handler, then answers one event after another.
# Speaks the lean framing on file descriptor 3, both ways: u32 length | u8 kind | body.
import atexit
import importlib
import io
import json
import logging
import os
import struct
import sys
import threading
import time
import traceback

DESCRIPTOR = 3
READY, DIED, RESPONSE, ERROR, LOG = 1, 2, 3, 4, 5
LONGEST_LINE = 262144

# Threads of the handler log too; their frames must not mix.
writing = threading.RLock()


def send(kind, body):
    """Writes one frame, waiting where the other side is slow."""
    rest = memoryview(struct.pack('>IB', len(body), kind) + body)
    with writing:
        while rest:
            rest = rest[os.write(DESCRIPTOR, rest):]


def receive(size):
    """Reads exactly so many bytes; ends the process when the runtime is gone."""
    parts = bytearray()
    while len(parts) < size:
        part = os.read(DESCRIPTOR, size - len(parts))
        if not part:
            os._exit(0)
        parts += part
    return bytes(parts)


class LogStream(io.RawIOBase):
    """What is printed, line by line as log frames, in order with the answers."""

    held = b''

    def writable(self):
        return True

    def write(self, data):
        *lines, self.held = (self.held + bytes(data)).split(b'\n')
        for line in lines:
            send(LOG, line[:LONGEST_LINE])
        if len(self.held) > LONGEST_LINE:
            self.send_held()
        return len(data)

    def send_held(self):
        """Sends what has no line break after it."""
        if self.held:
            send(LOG, self.held[:LONGEST_LINE])
            self.held = b''


class LogHandler(logging.Handler):
    """What is logged: one event for each record, also when its text has several lines."""

    def emit(self, record):
        send(LOG, self.format(record).encode('utf-8', 'replace')[:LONGEST_LINE])


class RequestFilter(logging.Filter):
    """Gives each record the id of the invocation it belongs to."""

    request_id = None

    def filter(self, record):
        record.aws_request_id = RequestFilter.request_id or ''
        return True


class Identity:
    def __init__(self, document):
        self.cognito_identity_id = document.get('cognitoIdentityId')
        self.cognito_identity_pool_id = document.get('cognitoIdentityPoolId')


class Client:
    def __init__(self, document):
        for name in ('installation_id', 'app_title', 'app_version_name', 'app_version_code', 'app_package_name'):
            setattr(self, name, document.get(name))


class ClientContext:
    def __init__(self, document):
        self.custom = document.get('custom')
        self.env = document.get('env')
        self.client = Client(document['client']) if 'client' in document else None


class Context:
    """What a handler gets beside its event."""

    def __init__(self, metadata):
        environment = os.environ
        self.function_name = environment['AWS_LAMBDA_FUNCTION_NAME']
        self.function_version = environment['AWS_LAMBDA_FUNCTION_VERSION']
        self.memory_limit_in_mb = environment['AWS_LAMBDA_FUNCTION_MEMORY_SIZE']
        self.log_group_name = environment['AWS_LAMBDA_LOG_GROUP_NAME']
        self.log_stream_name = environment['AWS_LAMBDA_LOG_STREAM_NAME']
        self.invoked_function_arn = metadata['arn']
        self.aws_request_id = metadata['requestId']
        self.identity = Identity(json.loads(metadata.get('identity') or '{}'))
        client_context = metadata.get('clientContext')
        self.client_context = ClientContext(json.loads(client_context)) if client_context else None
        self._deadline_ms = metadata['deadlineMs']

    def get_remaining_time_in_millis(self):
        return max(0, int(self._deadline_ms - time.time() * 1000))

    @staticmethod
    def log(message):
        sys.stdout.write(str(message))


class Fault(Exception):
    """An error that has Lambda's own name for it."""

    def __init__(self, kind, message, stack=()):
        super().__init__(message)
        self.kind = kind
        self.stack = list(stack)


def to_document(error, request_id):
    """Lambda's error document, and the text of its log line."""
    if isinstance(error, Fault):
        kind, message, stack = error.kind, str(error), error.stack
    else:
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename != __file__]
        kind, message, stack = type(error).__name__, str(error), traceback.format_list(frames)
    document = {'errorMessage': message, 'errorType': kind, 'requestId': request_id, 'stackTrace': stack}
    trace = 'Traceback (most recent call last):\n' + ''.join(stack) if stack else ''
    line = f'[ERROR] {kind}: {message}\n{trace}'.rstrip('\n')
    return json.dumps(document).encode(), line.encode('utf-8', 'replace')[:LONGEST_LINE]


def user_frames(error, name):
    """The frames of an error from the function's own module on: those before it are the import machinery."""
    frames = traceback.extract_tb(error.__traceback__)
    start = next((i for i, frame in enumerate(frames) if frame.filename.endswith(name)), len(frames))
    return traceback.format_list(frames[start:])


def load_handler(handler):
    """The handler function; faults are named as Lambda names them."""
    module_name, dot, function_name = handler.rpartition('.')
    if not dot:
        reason = 'not enough values to unpack (expected 2, got 1)'
        raise Fault('Runtime.MalformedHandlerName', f"Bad handler '{handler}': {reason}")
    module_name = module_name.replace('/', '.')
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        raise Fault('Runtime.ImportModuleError', f"Unable to import module '{module_name}': {error}") from error
    except SyntaxError as error:
        stack = [f'  File "{error.filename}" Line {error.lineno}\n    {(error.text or "").strip()}\n']
        message = f"Syntax error in module '{module_name}': {error}"
        raise Fault('Runtime.UserCodeSyntaxError', message, stack) from error
    except Exception as error:
        stack = user_frames(error, module_name.replace('.', '/') + '.py')
        raise Fault(type(error).__name__, str(error), stack) from error
    if not hasattr(module, function_name):
        raise Fault('Runtime.HandlerNotFound', f"Handler '{function_name}' missing on module '{module_name}'")
    return getattr(module, function_name)


def unserializable(value):
    """Decimals, as boto3 returns them, are numbers; nothing else is added to JSON."""
    if type(value).__name__ == 'Decimal':
        return float(value)
    raise TypeError(f'Object of type {type(value).__name__} is not JSON serializable')


def answer(handler, payload, metadata):
    """The bytes of the handler's answer."""
    try:
        event = json.loads(payload)
    except ValueError as error:
        raise Fault('Runtime.UnmarshalError', f'Unable to unmarshal input: {error}') from error
    result = handler(event, Context(metadata))
    try:
        return json.dumps(result, ensure_ascii=False, default=unserializable).encode()
    except (TypeError, ValueError) as error:
        raise Fault('Runtime.MarshalError', f'Unable to marshal response: {error}') from error


def serve(handler):
    while True:
        size, _kind = struct.unpack('>IB', receive(5))
        body = receive(size)
        (metadata_size,) = struct.unpack_from('>I', body)
        metadata = json.loads(body[4:4 + metadata_size])
        request_id = metadata['requestId']
        RequestFilter.request_id = request_id
        if 'trace' in metadata:
            os.environ['_X_AMZN_TRACE_ID'] = metadata['trace']
        else:
            os.environ.pop('_X_AMZN_TRACE_ID', None)
        try:
            kind, reply = RESPONSE, answer(handler, body[4 + metadata_size:], metadata)
        except Exception as error:
            kind = ERROR
            reply, line = to_document(error, request_id)
            send(LOG, line)
        flush_output()
        send(kind, reply)


outputs = [LogStream(), LogStream()]


def flush_output():
    sys.stdout.flush()
    sys.stderr.flush()
    for output in outputs:
        output.send_held()


def redirect_output():
    for name, output in zip(('stdout', 'stderr'), outputs):
        setattr(sys, name, io.TextIOWrapper(io.BufferedWriter(output), 'utf-8', 'replace', line_buffering=True))
    atexit.register(flush_output)
    log = LogHandler()
    log.setFormatter(logging.Formatter(
        '[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s', '%Y-%m-%dT%H:%M:%S'))
    logging.Formatter.converter = time.gmtime
    log.addFilter(RequestFilter())
    logging.getLogger().addHandler(log)


def main():
    os.set_blocking(DESCRIPTOR, True)
    os.set_inheritable(DESCRIPTOR, False)
    redirect_output()
    sys.path[0] = os.environ['LAMBDA_TASK_ROOT']
    try:
        handler = load_handler(os.environ['_HANDLER'])
    except Fault as fault:
        document, line = to_document(fault, '')
        send(LOG, line)
        send(DIED, document)
        sys.exit(1)
    send(READY, b'')
    serve(handler)


main()
