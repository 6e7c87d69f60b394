"""The doors for jobs: UWS 1.1 at ``/uws/JOB``, as OPUS has them at ``/rest/JOB``, too; and VOSI."""
