import sys

n = int(sys.argv[1])
print("@prefix prov: <http://www.w3.org/ns/prov#> .")
for i in range(n):
    print(f"<http://example.org/run/{i:08x}/out> a prov:Entity .")
