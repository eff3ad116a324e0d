# Runs the handler of a Lambda function for one event: FILE HANDLER FUNCTION_ARN SECONDS. The event is the standard input.
import importlib.util
import json
import os
import sys
import time
import uuid


class Context:
    def __init__(self, arn, seconds):
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "")
        self.function_version = "$LATEST"
        self.invoked_function_arn = arn
        self.aws_request_id = str(uuid.uuid4())
        self.memory_limit_in_mb = "128"
        self.log_group_name = "/aws/lambda/" + self.function_name
        self.log_stream_name = self.aws_request_id
        self.identity = None
        self.client_context = None
        self._end = time.monotonic() + seconds

    def get_remaining_time_in_millis(self):
        return max(0, int((self._end - time.monotonic()) * 1000))


def main():
    path, handler, arn, seconds = sys.argv[1:5]
    context = Context(arn, float(seconds))
    event = json.load(sys.stdin)
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    name = os.path.splitext(os.path.basename(path))[0]
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    getattr(module, handler)(event, context)


try:
    main()
except BaseException as error:
    if isinstance(error, SystemExit) and error.code in (None, 0):
        raise
    text = " ".join(str(error).split())
    sys.stderr.write("\n" + type(error).__name__ + (": " + text if text else "") + "\n")
    sys.stderr.flush()
    # Threads that the handler left behind do not hold up the end.
    os._exit(1)
