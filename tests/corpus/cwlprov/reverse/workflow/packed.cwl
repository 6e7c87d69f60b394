{
    "$graph": [
        {
            "class": "CommandLineTool",
            "baseCommand": [
                "sort"
            ],
            "inputs": [
                {
                    "type": "File",
                    "inputBinding": {
                        "position": 1
                    },
                    "id": "#hello.cwl/infile"
                }
            ],
            "stdout": "sorted.txt",
            "id": "#hello.cwl",
            "outputs": [
                {
                    "type": "File",
                    "id": "#hello.cwl/sorted",
                    "outputBinding": {
                        "glob": "sorted.txt"
                    }
                }
            ]
        },
        {
            "class": "CommandLineTool",
            "baseCommand": [
                "rev"
            ],
            "inputs": [
                {
                    "type": "File",
                    "inputBinding": {
                        "position": 1
                    },
                    "id": "#rev.cwl/infile"
                }
            ],
            "outputs": [
                {
                    "type": "File",
                    "id": "#rev.cwl/sorted",
                    "outputBinding": {
                        "glob": "reversed.txt"
                    }
                }
            ],
            "stdout": "reversed.txt",
            "id": "#rev.cwl"
        },
        {
            "class": "Workflow",
            "inputs": [
                {
                    "type": "File",
                    "id": "#main/infile"
                }
            ],
            "outputs": [
                {
                    "type": "File",
                    "outputSource": "#main/rev/sorted",
                    "id": "#main/result"
                }
            ],
            "steps": [
                {
                    "run": "#hello.cwl",
                    "in": [
                        {
                            "source": "#main/infile",
                            "id": "#main/first/infile"
                        }
                    ],
                    "out": [
                        "#main/first/sorted"
                    ],
                    "id": "#main/first"
                },
                {
                    "run": "#rev.cwl",
                    "in": [
                        {
                            "source": "#main/first/sorted",
                            "id": "#main/rev/infile"
                        }
                    ],
                    "out": [
                        "#main/rev/sorted"
                    ],
                    "id": "#main/rev"
                }
            ],
            "id": "#main"
        }
    ],
    "cwlVersion": "v1.2"
}